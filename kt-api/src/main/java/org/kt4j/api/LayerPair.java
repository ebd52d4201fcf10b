package org.kt4j.api;

import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.image.ResizeBilinear;
import org.tensorflow.types.TFloat32;

/**
 * A layer of the teacher and the layer of the student that learns from it.
 *
 * @param teacher the teacher's tap
 * @param student the student's tap
 * @param weight the factor of this pair's distance within its term, 0 or more
 * @param interpolation which side is resized when the sizes differ
 */
public record LayerPair(
    String teacher, String student, double weight, Interpolation interpolation) {

  /**
   * The teacher's feature map at the size at which the pair is compared.
   *
   * @return {@code [B, H, W, C_T]}; what is no feature map, as it is
   */
  public Operand<TFloat32> teacherMap(Ops tf, TeacherSide side) {
    Operand<TFloat32> map = side.activation(teacher);
    return interpolation == Interpolation.TEACHER
        ? resized(tf, map, side.studentShapes().shape(student))
        : map;
  }

  /**
   * The student's feature map at the size at which the pair is compared.
   *
   * @return {@code [B, H, W, C_S]}; what is no feature map, as it is
   */
  public Operand<TFloat32> studentMap(Ops tf, StudentSide side) {
    Operand<TFloat32> map = side.activation(student);
    return interpolation == Interpolation.STUDENT
        ? resized(tf, map, side.teacherShapes().shape(teacher))
        : map;
  }

  private static Operand<TFloat32> resized(Ops tf, Operand<TFloat32> map, Shape like) {
    if (map.shape().numDimensions() != 4) {
      return map;
    }
    int height = Math.toIntExact(like.get(1));
    int width = Math.toIntExact(like.get(2));
    if (map.shape().get(1) == height && map.shape().get(2) == width) {
      return map;
    }
    return tf.image.resizeBilinear(
        map,
        tf.array(height, width),
        ResizeBilinear.halfPixelCenters(true)); // [B, h, w, C] -> [B, H, W, C]
  }

  /**
   * Checks that the two can be compared position by position. Taps that do not exist are left for
   * the engine to report.
   *
   * @throws IllegalArgumentException when one of the two is no feature map, or the sizes differ and
   *     neither side may be resized
   */
  public void requireComparable(TapShapes teachers, TapShapes students) {
    if (!teachers.contains(teacher) || !students.contains(student)) {
      return;
    }
    Shape known = teachers.shape(teacher);
    Shape asked = students.shape(student);
    if (known.numDimensions() != 4 || asked.numDimensions() != 4) {
      throw new IllegalArgumentException(
          "compares feature maps [B, H, W, C]; the teacher's '"
              + teacher
              + "' is "
              + known
              + ", the student's '"
              + student
              + "' is "
              + asked
              + "; fix: name layers that are feature maps");
    }
    if (interpolation == Interpolation.NONE
        && (known.get(1) != asked.get(1) || known.get(2) != asked.get(2))) {
      throw new IllegalArgumentException(
          "the maps of a pair must have the same height and width; the teacher's '"
              + teacher
              + "' is "
              + known
              + ", the student's '"
              + student
              + "' is "
              + asked
              + "; fix: pair layers of one size, or resize a side with interpolate: teacher or"
              + " interpolate: student");
    }
  }
}
