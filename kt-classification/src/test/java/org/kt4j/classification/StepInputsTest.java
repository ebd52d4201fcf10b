package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.StudentSide.Initial;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.api.TermMemory;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.Tuning;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** What terms read of a step beside activations, and what they keep for the next one. */
class StepInputsTest {

  private static final int PICTURES = 5;
  private static final Network LINE = (nn, images) -> nn.dense("linear", nn.flatten(images), 1);

  /** A term of one function of the student's side; the logit is in it so that it has a slope. */
  private record Custom(BiFunction<Ops, StudentSide, Operand<TFloat32>> of)
      implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(List.of(), List.of(Taps.LOGITS));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.none();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> nothing =
          tf.math.mul(
              tf.math.mean(student.activation(Taps.LOGITS), tf.array(0, 1)), tf.constant(0f));
      return tf.math.add(of.apply(tf, student), nothing);
    }
  }

  private static NetworkGraph graph(TermWeight weight, long seed, KnowledgeTransfer method) {
    return new NetworkGraph(
        new NetworkGraph.Blueprint(
            new ImageShape(1, 1, 1),
            LINE,
            new Normalization(List.of(0.0), List.of(1.0)),
            new ClassLabels(),
            new DistillationStep.Blueprint(
                Map.of(),
                List.of(new Term("custom", weight, method)),
                new OptimizerConfig.Sgd(0.1, 0, false, 0, false, 0),
                10,
                PICTURES,
                2,
                null,
                Tuning.ALL,
                Replication.ALONE),
            seed));
  }

  private static NetworkGraph graph(BiFunction<Ops, StudentSide, Operand<TFloat32>> of) {
    return graph(TermWeight.of(1), 1, new Custom(of));
  }

  private static Batch batch(int... pictures) {
    return new Batch(
        new byte[pictures.length], new int[pictures.length], pictures, pictures.length);
  }

  private static Operand<TFloat32> mean(Ops tf, Operand<TFloat32> rows) {
    return tf.math.mean(tf.reshape(rows, tf.array(-1)), tf.array(0));
  }

  @Test
  void a_term_knows_which_pictures_a_batch_holds() {
    try (NetworkGraph graph =
        graph((tf, side) -> mean(tf, tf.dtypes.cast(side.pictures(), TFloat32.class)))) {

      assertThat(graph.step(batch(4, 1), 0.1, 0).objective()).isEqualTo(2.5f);
      assertThat(graph.step(batch(3), 0.1, 1).objective()).isEqualTo(3);
    }
  }

  @Test
  void rows_that_a_step_writes_are_there_in_the_next_one() {
    BiFunction<Ops, StudentSide, Operand<TFloat32>> method =
        (tf, side) -> {
          TermMemory bank = side.memory("bank", Shape.of(side.pictureCount(), 2), Initial.ONES);
          Operand<TFloat32> before = bank.rows(side.pictures());
          Operand<TFloat32> twice = tf.math.mul(before, tf.constant(2f));
          bank.writeRows(side.pictures(), twice);
          return mean(tf, before);
        };
    try (NetworkGraph graph = graph(method)) {

      // Each step reads the rows of its pictures and doubles them; all rows begin with 1.
      assertThat(graph.step(batch(0, 3), 0.1, 0).objective()).isEqualTo(1);
      assertThat(graph.step(batch(3, 4), 0.1, 1).objective()).isEqualTo(1.5f);
      assertThat(graph.step(batch(3), 0.1, 2).objective()).isEqualTo(4);
      assertThat(graph.step(batch(0, 1), 0.1, 3).objective()).isEqualTo(1.5f);

      Variable bank = graph.auxiliary().all().iterator().next();
      assertThat(bank.path()).isEqualTo("auxiliary/custom/bank");
      assertThat(graph.auxiliary().trainable()).isEmpty();
      assertThat(graph.graph().read(bank)).containsExactly(4, 4, 2, 2, 1, 1, 8, 8, 2, 2);
    }
  }

  @Test
  void what_is_written_whole_is_there_in_the_next_step() {
    BiFunction<Ops, StudentSide, Operand<TFloat32>> method =
        (tf, side) -> {
          TermMemory centre = side.memory("centre", Shape.of(3), Initial.ZEROS);
          Operand<TFloat32> before = centre.value();
          centre.write(tf.math.add(before, tf.constant(1f)));
          return mean(tf, before);
        };
    try (NetworkGraph graph = graph(method)) {

      assertThat(graph.step(batch(0), 0.1, 0).objective()).isZero();
      assertThat(graph.step(batch(1), 0.1, 1).objective()).isEqualTo(1);
      assertThat(graph.step(batch(2), 0.1, 2).objective()).isEqualTo(2);
    }
  }

  @Test
  void a_memory_is_written_once_in_a_step() {
    assertThatThrownBy(
            () ->
                graph(
                    (tf, side) -> {
                      TermMemory centre = side.memory("centre", Shape.of(3), Initial.ZEROS);
                      centre.write(centre.value());
                      centre.write(centre.value());
                      return tf.constant(0f);
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the memory auxiliary/custom/centre is written twice in one step");
  }

  @Test
  void rows_of_about_length_one_begin_an_embedding() {
    BiFunction<Ops, StudentSide, Operand<TFloat32>> method =
        (tf, side) -> {
          Operand<TFloat32> rows =
              side.memory("bank", Shape.of(1000, 16), Initial.UNIT_ROWS).value();
          return mean(tf, tf.reduceSum(tf.math.square(rows), tf.array(1)));
        };
    try (NetworkGraph graph = graph(method)) {

      // The mean of 16,000 squares, each of variance 0.8 / 16^2 around 1/16: within 0.007 of 1.
      assertThat(graph.step(batch(0), 0.1, 0).objective()).isCloseTo(1, within(0.03f));
    }
  }

  @Test
  void random_numbers_are_a_function_of_seed_and_step() {
    BiFunction<Ops, StudentSide, Operand<TFloat32>> method =
        (tf, side) -> mean(tf, tf.random.statelessRandomNormal(tf.array(1), side.seed()));
    try (NetworkGraph one = graph(TermWeight.of(1), 1, new Custom(method));
        NetworkGraph same = graph(TermWeight.of(1), 1, new Custom(method));
        NetworkGraph other = graph(TermWeight.of(1), 2, new Custom(method))) {

      float third = one.step(batch(0), 0.1, 3).objective();

      assertThat(one.step(batch(0), 0.1, 4).objective()).isNotEqualTo(third);
      assertThat(same.step(batch(0), 0.1, 3).objective()).isEqualTo(third);
      assertThat(other.step(batch(0), 0.1, 3).objective()).isNotEqualTo(third);
    }
  }

  @Test
  void the_weight_of_a_term_changes_from_step_to_step() {
    try (NetworkGraph graph =
        graph(new TermWeight.Ramp(0, 8, 2), 1, new Custom((tf, side) -> tf.constant(3f)))) {

      // The phase begins at step 10; 2 epochs of 2 steps: weights 0, 2, 4, 6, 8.
      assertThat(graph.step(batch(0), 0.1, 10).objective()).isZero();
      assertThat(graph.step(batch(0), 0.1, 11).objective()).isEqualTo(6);
      assertThat(graph.step(batch(0), 0.1, 14).objective()).isEqualTo(24);
      assertThat(graph.step(batch(0), 0.1, 99).objective()).isEqualTo(24);
      assertThat(graph.step(batch(0), 0.1, 12).terms()).containsExactly(3);
    }
  }
}
