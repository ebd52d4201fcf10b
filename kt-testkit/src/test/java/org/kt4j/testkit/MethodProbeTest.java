package org.kt4j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class MethodProbeTest {

  private static final HeapTensor TEACHER = HeapTensor.logits(2, 2, 1, 2, 3, 4);
  private static final HeapTensor STUDENT = HeapTensor.logits(2, 2, 1, 4, 6, 4);

  /** Half the squared distance of the logits, a mean over the batch. */
  static class HalfSquares implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return Taps.ofLogits();
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.of("own", teacher.activation(Taps.LOGITS));
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> difference =
          tf.math.sub(student.activation(Taps.LOGITS), knowledge.get("own")); // [B, K]
      Operand<TFloat32> squares = tf.math.mul(difference, factor(tf, difference)); // [B, K]
      return tf.math.mul(
          tf.constant(0.5f),
          tf.math.mean(tf.reduceSum(squares, tf.array(1)), tf.array(0))); // [B] -> []
    }

    Operand<TFloat32> factor(Ops tf, Operand<TFloat32> difference) {
      return difference;
    }
  }

  private static MethodProbe probe(KnowledgeTransfer method) {
    return MethodProbe.of(method).teacher("logits", TEACHER).student("logits", STUDENT);
  }

  @Test
  void gives_the_loss_the_gradient_and_the_knowledge() {
    ProbeResult result = probe(new HalfSquares()).run();

    assertThat(result.loss()).isEqualTo(3.25f); // (2^2 + 3^2) / 2 over two images
    assertThat(result.gradient("logits")).isEqualTo(HeapTensor.logits(2, 2, 0, 1, 1.5f, 0));
    assertThat(result.knowledge()).containsOnlyKeys("own").containsValue(TEACHER);
  }

  @Test
  void a_right_gradient_passes_the_check() {
    GradientCheck check = probe(new HalfSquares()).checkGradient();

    assertThat(check.resolution()).isPositive().isLessThan(1e-3);
    assertThat(check.largestError()).isLessThan(1e-3);
  }

  @Test
  void a_wrong_gradient_is_found_and_its_place_named() {
    KnowledgeTransfer half =
        new HalfSquares() {
          @Override
          Operand<TFloat32> factor(Ops tf, Operand<TFloat32> difference) {
            return tf.stopGradient(difference);
          }
        };

    GradientCheck check = probe(half).checkGradient();

    assertThat(check.largestError()).isCloseTo(1, within(1e-2)); // 1.5 where 0.75 is claimed
    assertThat(check.place()).startsWith("logits[2]: gradient 0.75, difference 1.5");
  }

  @Test
  void a_tap_that_was_not_asked_for_is_refused() {
    KnowledgeTransfer shy =
        new HalfSquares() {
          @Override
          public Taps taps(TapShapes teacher, TapShapes student) {
            return new Taps(List.of(Taps.LOGITS), List.of());
          }
        };

    assertThatThrownBy(() -> probe(shy).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("term 'term' reads the student's tap 'logits' but asked for [] only");
  }

  @Test
  void a_loss_that_is_no_scalar_is_refused() {
    KnowledgeTransfer perImage =
        new HalfSquares() {
          @Override
          public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
            return tf.reduceSum(student.activation(Taps.LOGITS), tf.array(1)); // [B]
          }
        };

    assertThatThrownBy(() -> probe(perImage).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the loss has the shape [2], not []");
  }

  @Test
  void a_tap_that_was_asked_for_and_is_not_read_is_refused() {
    KnowledgeTransfer greedy =
        new HalfSquares() {
          @Override
          public Taps taps(TapShapes teacher, TapShapes student) {
            return new Taps(List.of(Taps.LOGITS), List.of(Taps.LOGITS, "pooled"));
          }
        };

    assertThatThrownBy(() -> probe(greedy).student("pooled", HeapTensor.normal(1, 2, 3)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the loss does not depend on all of [logits, pooled]; it should");
  }

  @Test
  void the_gradient_of_an_auxiliary_variable_is_given_and_checked() {
    KnowledgeTransfer scaling =
        new HalfSquares() {
          @Override
          public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
            Operand<TFloat32> factor = student.auxiliary("factor", Shape.of(2), Initial.ONES);
            Operand<TFloat32> own = tf.math.mul(student.activation(Taps.LOGITS), factor);
            return tf.math.mean(
                tf.math.squaredDifference(own, knowledge.get("own")), tf.array(0, 1));
          }
        };

    ProbeResult result = probe(scaling).run();
    GradientCheck check = probe(scaling).checkGradient();

    // 2 (s - t) s / 4 over both images: ((0) 1 + (3) 6) / 2 and ((2) 4 + (0) 4) / 2
    assertThat(result.auxiliaryGradient("factor").values()).containsExactly(9, 4);
    assertThat(check.largestError()).as(check.place()).isLessThan(1e-3);
  }

  @Test
  void an_auxiliary_variable_holds_the_value_that_it_is_given() {
    KnowledgeTransfer scaling =
        new HalfSquares() {
          @Override
          public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
            Operand<TFloat32> factor = student.auxiliary("factor", Shape.of(2), Initial.ONES);
            return tf.math.mean(
                tf.math.mul(student.activation(Taps.LOGITS), tf.math.square(factor)),
                tf.array(0, 1));
          }
        };
    MethodProbe given = probe(scaling).auxiliary("factor", HeapTensor.of(Shape.of(2), 2, 3));

    // Sums over both images (7, 8): (7 * 2^2 + 8 * 3^2) / 4, and 2 f (7, 8) / 4.
    assertThat(given.run().loss()).isEqualTo(25);
    assertThat(given.run().auxiliaryGradient("factor").values()).containsExactly(7, 12);
    assertThat(given.checkGradient().largestError()).isLessThan(1e-3);
    assertThatThrownBy(() -> given.auxiliary("bias", HeapTensor.of(Shape.of(2), 2, 3)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the method has no auxiliary variable 'bias' [2]; it has [factor [2]]");
    assertThatThrownBy(() -> given.auxiliary("factor", HeapTensor.of(Shape.of(1), 2)).run())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the method has no auxiliary variable 'factor' [1]; it has [factor [2]]");
  }

  @Test
  void auxiliary_variables_hold_their_first_values() {
    assertThat(meanSquareOf(Initial.ZEROS)).isZero();
    assertThat(meanSquareOf(Initial.ONES)).isEqualTo(1);
    // 2 / fan-in with a fan-in of 3 * 3 * 16; of 9,216 draws the mean square is known to 1.5 %.
    assertThat(meanSquareOf(Initial.HE_NORMAL)).isCloseTo(2 / 144f, within(0.05f * 2 / 144));
  }

  private static Operand<TFloat32> nothing(Ops tf, StudentSide student) {
    return tf.math.mul(
        tf.reduceSum(student.activation(Taps.LOGITS), tf.array(0, 1)), tf.constant(0f));
  }

  private static float meanSquareOf(Initial initial) {
    KnowledgeTransfer regressor =
        new HalfSquares() {
          @Override
          public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
            Operand<TFloat32> kernel = student.auxiliary("kernel", Shape.of(3, 3, 16, 64), initial);
            Operand<TFloat32> squares = tf.math.mean(tf.math.square(kernel), tf.array(0, 1, 2, 3));
            return tf.math.add(squares, nothing(tf, student));
          }
        };
    return probe(regressor).run().loss();
  }
}
