package org.kt4j.engine.objective;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.TeacherSide;
import org.kt4j.api.TermMemory;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * The parts of a graph that one term may read.
 *
 * @param label the term's name; its auxiliary variables are called after it
 * @param teacherShapes the teacher's taps
 * @param studentShapes the student's taps
 * @param auxiliary where the term's own variables go
 * @param labels of the batch, {@code [B]}; null where the task has no classes
 * @param inputs of the step beside activations and labels
 */
public record TermScope(
    String label,
    TapShapes teacherShapes,
    TapShapes studentShapes,
    Variables auxiliary,
    @Nullable Operand<TInt32> labels,
    StepInputs inputs) {

  /**
   * The teacher's side.
   *
   * @param requested the taps that the term asked for; others are refused
   * @param taps every tap's activation
   */
  public TeacherSide teacherSide(List<String> requested, Map<String, Operand<TFloat32>> taps) {
    return teacherSide(label, teacherShapes, studentShapes, requested, taps);
  }

  /**
   * The teacher's side where there is no student's.
   *
   * @param label the term's name
   * @param teacherShapes the teacher's taps
   * @param studentShapes the student's taps
   * @param requested the taps that the term asked for; others are refused
   * @param taps every tap's activation
   */
  public static TeacherSide teacherSide(
      String label,
      TapShapes teacherShapes,
      TapShapes studentShapes,
      List<String> requested,
      Map<String, Operand<TFloat32>> taps) {
    return new TeacherSide() {
      @Override
      public Operand<TFloat32> activation(String tap) {
        return requested(label, "teacher", requested, taps, tap);
      }

      @Override
      public TapShapes teacherShapes() {
        return teacherShapes;
      }

      @Override
      public TapShapes studentShapes() {
        return studentShapes;
      }
    };
  }

  /**
   * The student's side.
   *
   * @param requested the taps that the term asked for; others are refused
   * @param taps every tap's activation
   */
  public StudentSide studentSide(List<String> requested, Map<String, Operand<TFloat32>> taps) {
    return studentSide(requested, taps, Set.of());
  }

  /**
   * The student's side, on which a term reads labels and the pictures' numbers only where they have
   * the rows of its taps.
   *
   * @param requested the taps that the term asked for; others are refused
   * @param taps every tap's activation
   * @param stepTaps of the student, see {@link StudentGraph}
   */
  StudentSide studentSide(
      List<String> requested, Map<String, Operand<TFloat32>> taps, Set<String> stepTaps) {
    List<String> ofStep = requested.stream().filter(stepTaps::contains).toList();
    return new StudentSide() {
      @Override
      public Operand<TFloat32> activation(String tap) {
        return requested(label, "student", requested, taps, tap);
      }

      @Override
      public Operand<TInt32> labels() {
        if (labels == null) {
          throw new IllegalArgumentException(
              "term '" + label + "' reads the labels' classes, and this task has no classes");
        }
        if (!stepTaps.isEmpty() && ofStep.isEmpty()) {
          throw new IllegalArgumentException(
              "reads the class of each picture, and here the rows of "
                  + String.join(", ", stepTaps)
                  + " have classes, which are regions; fix: an option that reads no labels, if the"
                  + " method has one");
        }
        return labels;
      }

      @Override
      public Operand<TInt64> step() {
        return inputs.step();
      }

      @Override
      public Operand<TInt32> pictures() {
        if (!ofStep.isEmpty()) {
          throw new IllegalArgumentException(
              "keeps something of each picture, and the rows of "
                  + String.join(", ", ofStep)
                  + " are regions here; fix: name layers that are feature maps");
        }
        return inputs.pictures();
      }

      @Override
      public int pictureCount() {
        return inputs.pictureCount();
      }

      @Override
      public Operand<TInt64> seed() {
        return inputs.seed(label);
      }

      @Override
      public TapShapes teacherShapes() {
        return teacherShapes;
      }

      @Override
      public TapShapes studentShapes() {
        return studentShapes;
      }

      @Override
      public TermMemory memory(String name, Shape shape, Initial initial) {
        return inputs.memory(auxiliary, label + "/" + name, shape, initial);
      }

      @Override
      public Operand<TFloat32> batchNorm(Ops tf, String name, Operand<TFloat32> map) {
        Shape channels = Shape.of(map.shape().get(3));
        return inputs.normalised(
            tf,
            map,
            auxiliary(name + "scale", channels, Initial.ONES),
            auxiliary(name + "bias", channels, Initial.ZEROS));
      }

      @Override
      public Operand<TFloat32> auxiliary(String name, Shape shape, Initial initial) {
        String path = label + "/" + name;
        Variable.Kind kind = Variable.Kind.AUXILIARY;
        return switch (initial) {
          case ZEROS -> auxiliary.filled(path, shape, Variable.Kind.BIAS, 0f).value();
          case ONES -> auxiliary.filled(path, shape, Variable.Kind.NORMALISATION, 1f).value();
          case HE_NORMAL ->
              auxiliary
                  .heNormal(path, shape, kind, shape.size() / StepInputs.lastAxis(shape))
                  .value();
          case UNIT_ROWS -> auxiliary.unitRows(path, shape, kind).value();
        };
      }
    };
  }

  private static Operand<TFloat32> requested(
      String label,
      String side,
      List<String> requested,
      Map<String, Operand<TFloat32>> taps,
      String tap) {
    Operand<TFloat32> activation = taps.get(tap);
    if (activation == null || !requested.contains(tap)) {
      throw new IllegalArgumentException(
          "term '"
              + label
              + "' reads the "
              + side
              + "'s tap '"
              + tap
              + "' but asked for "
              + requested
              + " only");
    }
    return activation;
  }
}
