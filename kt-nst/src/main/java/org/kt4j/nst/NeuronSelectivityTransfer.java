package org.kt4j.nst;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Neuron selectivity transfer: the student's selectivity patterns take the distribution of the
 * teacher's.
 *
 * <pre>
 * x_i = f_i / ||f_i||    a teacher channel over its HW positions, length one;  i = 1..C_T
 * y_j = g_j / ||g_j||    a student channel likewise;                           j = 1..C_S
 * MMD^2 = (1/C_T^2) sum k(x, x') + (1/C_S^2) sum k(y, y') - (2/(C_T C_S)) sum k(x, y)
 * L     = (1/B) sum_b sum_l w_l MMD^2                          pairs of layers l with weights w_l
 *
 * linear      k(x, y) = x . y
 * polynomial  k(x, y) = (x . y + c)^d
 * gaussian    k(x, y) = exp(-||x - y||^2 / (2 sigma^2))
 * </pre>
 *
 * <p>What is computed follows from kernel and static shapes, never with a tensor of {@code C_T x
 * C_S x HW}: {@link MeanPattern} for the linear kernel, {@link SecondMoment} for degree 2 where
 * {@code HW x HW} products are cheaper, {@link KernelSums} for all else. The teacher's side is the
 * knowledge. No gradient reaches it.
 *
 * <p>Weight: the loss is MMD^2 itself. The paper writes lambda/2 in front of it (equation 7) and
 * its authors' code multiplies MMD^2 by 50; {@code weight: 50} is the code's.
 *
 * <p>Differs from the paper: the teacher's constant term is kept, so that zero means equal. A dead
 * channel has no direction; it counts as a zero pattern, gets no gradient, and stays in {@code C}.
 * The gaussian kernel's {@code sigma^2} is the mean squared distance of the image's teacher-student
 * pairs and constant in the gradient, as in the authors' code, unless it is given. The authors tap
 * in front of the ReLU, re-implementations behind it; that is a choice of tap here.
 *
 * <p>Example: 1x2 positions, one channel each, teacher (3, 4), student (1, 0). The cosine is .6:
 * linear 1 + 1 - 2 (.6) = .8, polynomial of degree 2: 1 + 1 - 2 (.36) = 1.28, gaussian with sigma^2
 * = 2 - 2 (.6) = .8: 2 - 2 exp(-1/2) = .786939.
 *
 * <p>Source: Huang and Wang, Like What You Like: Knowledge Distill via Neuron Selectivity Transfer,
 * 2017, equations 3 to 7.
 */
record NeuronSelectivityTransfer(NstOptions options) implements KnowledgeTransfer {

  @Override
  public Taps taps(TapShapes teacher, TapShapes student) {
    return options.selection().taps(teacher, student);
  }

  @Override
  public Knowledge teach(Ops tf, TeacherSide teacher) {
    Knowledge.Builder knowledge = Knowledge.builder();
    for (LayerPair pair :
        options.selection().pairs(teacher.teacherShapes(), teacher.studentShapes())) {
      Operand<TFloat32> map = flat(tf, pair.teacherMap(tf, teacher));
      mmd(map, teacher.studentShapes().shape(pair.student()))
          .teach(tf, SelectivityPatterns.of(tf, map))
          .forEach((part, tensor) -> knowledge.put(pair.teacher() + "/" + part, tensor));
    }
    return knowledge.build();
  }

  @Override
  public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
    Operand<TFloat32> sum = tf.constant(0f);
    for (LayerPair pair :
        options.selection().pairs(student.teacherShapes(), student.studentShapes())) {
      Operand<TFloat32> map = flat(tf, pair.studentMap(tf, student));
      Shape teacherShape = student.teacherShapes().shape(pair.teacher());
      SquaredMmd mmd =
          SquaredMmd.of(options, axis(map.shape(), 1), axis(teacherShape, 3), axis(map.shape(), 2));
      Operand<TFloat32> distance =
          mmd.of(tf, SelectivityPatterns.of(tf, map), parts(knowledge, pair.teacher()))
              .attachedTo(tf, map);
      sum = tf.math.add(sum, tf.math.mul(distance, tf.constant((float) pair.weight())));
    }
    return sum;
  }

  private SquaredMmd mmd(Operand<TFloat32> teacherMap, Shape studentShape) {
    Shape teacherShape = teacherMap.shape();
    return SquaredMmd.of(
        options, axis(teacherShape, 1), axis(teacherShape, 2), axis(studentShape, 3));
  }

  /** The tensors of one pair, by what stands behind its tap's name and a slash. */
  private static Map<String, Operand<TFloat32>> parts(Knowledge knowledge, String tap) {
    String prefix = tap + "/";
    Map<String, Operand<TFloat32>> parts = new LinkedHashMap<>();
    knowledge
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                parts.put(name.substring(prefix.length()), tensor);
              }
            });
    return parts;
  }

  private static Operand<TFloat32> flat(Ops tf, Operand<TFloat32> map) {
    Shape shape = map.shape();
    int positions = Math.toIntExact(shape.get(1) * shape.get(2));
    return tf.reshape(map, tf.array(-1, positions, axis(shape, 3))); // [B, H, W, C] -> [B, HW, C]
  }

  private static int axis(Shape shape, int axis) {
    return Math.toIntExact(shape.get(axis));
  }
}
