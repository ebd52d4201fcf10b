package org.kt4j.relations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class ContrastiveTransferTest {

  private static final String TAP = "pooled";

  private interface Contract extends TransferContract<CrdOptions> {

    @Override
    default CrdProvider provider() {
      return new CrdProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher(TAP, HeapTensor.normal(1, 3, 5))
          .student(TAP, HeapTensor.normal(2, 3, 4))
          .labels(0, 2, 2);
    }

    /** It is small where both sides tell pictures apart, and zero nowhere. */
    @Override
    default boolean isDistance() {
      return false;
    }
  }

  @Nested
  class OtherClasses implements Contract {
    @Override
    public CrdOptions options() {
      return new CrdOptions(4, 16, 4, 0.5, false, Map.of(TAP, TAP));
    }
  }

  @Nested
  class AllClasses implements Contract {
    @Override
    public CrdOptions options() {
      return new CrdOptions(6, 64, 2, 0, true, Map.of(TAP, TAP));
    }
  }

  private static float contrast(float[][] own, float[][] others, float[][] counted, int pictures) {
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> loss =
          NoiseContrast.of(
              tf, tf.constant(own), tf.constant(others), tf.constant(counted), pictures);
      try (TFloat32 value = (TFloat32) session.runner().fetch(loss).run().get(0)) {
        return value.getFloat();
      }
    }
  }

  @Test
  void the_contrast_is_that_of_the_equation() {
    // Two of four pictures are drawn: n = 1/2. Scores 1/2 and 3/2 of the same picture: log(1/2),
    // log(3/4).
    // Others: 1/2 and 0 for the first one: log(1/2) + log(1); 1/2 for the second one, counted
    // twice.
    float loss =
        contrast(
            new float[][] {{0.5f}, {1.5f}},
            new float[][] {{0.5f, 0}, {0.5f, 7}},
            new float[][] {{1, 1}, {1, 0}},
            4);

    double first = Math.log(0.5) + Math.log(0.5);
    double second = Math.log(0.75) + 2 * Math.log(0.5);
    assertThat(loss).isCloseTo((float) (-(first + second) / 2), within(2e-6f));
  }

  @Test
  void a_picture_for_which_none_counts_learns_from_its_own_pair_alone() {
    float loss =
        contrast(new float[][] {{0.5f}}, new float[][] {{0.5f, 3}}, new float[][] {{0, 0}}, 4);

    assertThat(loss).isCloseTo((float) Math.log(2), within(2e-6f));
  }

  /**
   * Two pictures of four, all numbers known, against the equations in double precision: each side
   * is held against the rows of the other one, and both memories are mixed with what they belong
   * to.
   */
  @Test
  void a_step_is_that_of_the_equations() {
    CrdOptions options = new CrdOptions(2, 4, 0.5, 0.25, false, Map.of(TAP, TAP));
    float[][] student = {{1, 2}, {-1, 0.5f}};
    float[][] teacher = {{0.5f, -1}, {2, 1}};
    int[] pictures = {2, 0};
    int[] labels = {1, 0};
    try (Graph graph = new Graph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      KnownSide side = new KnownSide(tf, student, pictures, labels);
      Operand<TFloat32> loss =
          new ContrastiveTransfer(options).loss(tf, side, Knowledge.of(TAP, tf.constant(teacher)));
      List<float[]> values =
          values(
              session,
              loss,
              side.written("student-rows"),
              side.written("teacher-rows"),
              tf.dtypes.cast(side.drawn(4), TFloat32.class));
      int[] drawn = new int[4];
      for (int k = 0; k < 4; k++) {
        drawn[k] = (int) values.get(3)[k];
      }

      double[][] own = embedded(student, KnownSide.STUDENT_WEIGHT);
      double[][] taught = embedded(teacher, KnownSide.TEACHER_WEIGHT);
      double expected =
          contrast(own, KnownSide.TEACHER_ROWS, pictures, labels, drawn)
              + contrast(taught, KnownSide.STUDENT_ROWS, pictures, labels, drawn);
      assertThat(values.get(0)[0]).isCloseTo((float) expected, within(1e-5f));
      assertThat(values.get(1))
          .containsExactly(mixed(own, KnownSide.STUDENT_ROWS, pictures), within(1e-6f));
      assertThat(values.get(2))
          .containsExactly(mixed(taught, KnownSide.TEACHER_ROWS, pictures), within(1e-6f));
    }
  }

  private static List<float[]> values(Session session, Operand<?>... fetched) {
    Session.Runner runner = session.runner();
    List.of(fetched).forEach(runner::fetch);
    List<float[]> values = new ArrayList<>();
    try (Result result = runner.run()) {
      for (int i = 0; i < fetched.length; i++) {
        TFloat32 tensor = (TFloat32) result.get(i);
        float[] numbers = new float[(int) tensor.size()];
        tensor.asRawTensor().data().asFloats().read(numbers);
        values.add(numbers);
      }
    }
    return values;
  }

  private static double[][] embedded(float[][] features, float[][] weight) {
    double[][] rows = new double[features.length][2];
    for (int b = 0; b < rows.length; b++) {
      for (int e = 0; e < 2; e++) {
        rows[b][e] = features[b][0] * weight[0][e] + features[b][1] * weight[1][e];
      }
      normalise(rows[b]);
    }
    return rows;
  }

  private static void normalise(double[] row) {
    double length = Math.hypot(row[0], row[1]);
    row[0] /= length;
    row[1] /= length;
  }

  /**
   * Temperature 1/2; the scale is set in this step, and the classes of pictures 1 and 3 are known.
   */
  private static double contrast(
      double[][] rows, float[][] bank, int[] pictures, int[] labels, int[] drawn) {
    int count = drawn.length;
    double[] same = new double[rows.length];
    double[][] others = new double[rows.length][count];
    double all = 0;
    for (int b = 0; b < rows.length; b++) {
      same[b] = Math.exp(2 * inner(rows[b], bank[pictures[b]]));
      all += same[b];
      for (int k = 0; k < count; k++) {
        others[b][k] = Math.exp(2 * inner(rows[b], bank[drawn[k]]));
        all += others[b][k];
      }
    }
    double scale = 4 * all / (rows.length * (1 + count));
    double noise = count / 4.0;
    double loss = 0;
    for (int b = 0; b < rows.length; b++) {
      double sum = 0;
      int kept = 0;
      for (int k = 0; k < count; k++) {
        boolean sameClass = KnownSide.CLASSES[drawn[k]][0] == labels[b] + 1;
        if (drawn[k] != pictures[b] && !sameClass) {
          kept++;
          sum += Math.log(noise / (others[b][k] / scale + noise));
        }
      }
      double own = same[b] / scale;
      loss -= Math.log(own / (own + noise)) + sum * count / Math.max(1, kept);
    }
    return loss / rows.length;
  }

  private static double inner(double[] row, float[] other) {
    return row[0] * other[0] + row[1] * other[1];
  }

  /** A quarter of the old row and three of the new one, at length one. */
  private static float[] mixed(double[][] rows, float[][] bank, int[] pictures) {
    float[] mixed = new float[2 * rows.length];
    for (int b = 0; b < rows.length; b++) {
      float[] old = bank[pictures[b]];
      double[] row = {0.25 * old[0] + 0.75 * rows[b][0], 0.25 * old[1] + 0.75 * rows[b][1]};
      normalise(row);
      mixed[2 * b] = (float) row[0];
      mixed[2 * b + 1] = (float) row[1];
    }
    return mixed;
  }

  @Test
  void the_loss_begins_near_that_of_pairs_that_nobody_can_tell_apart() {
    CrdOptions options = new CrdOptions(128, 64, 0.07, 0.5, true, Map.of(TAP, TAP));

    ProbeResult result =
        MethodProbe.of(new ContrastiveTransfer(options))
            .teacher(TAP, HeapTensor.normal(1, 32, 64))
            .student(TAP, HeapTensor.normal(2, 32, 64))
            .run();

    // All 64 pictures are drawn, scores are 1/64 in the mean and n is 1: -log(1/65) + 64 log(65/64)
    // on either
    // side were all of them equal; scores spread by exp(. / 0.07), which makes the logarithms
    // larger.
    double equal = 2 * (Math.log(65) + 64 * Math.log(65 / 64.0));
    assertThat((double) result.loss()).isBetween(0.9 * equal, 1.5 * equal);
  }

  @Test
  void a_batch_of_one_picture_is_fine() {
    ProbeResult result =
        MethodProbe.of(new CrdProvider().create(CrdOptions.defaults()))
            .teacher(TAP, HeapTensor.normal(1, 1, 5))
            .student(TAP, HeapTensor.normal(2, 1, 4))
            .labels(1)
            .run();

    assertThat(result).matches(ProbeResult::isFinite);
  }

  @Test
  void options_out_of_range_are_refused() {
    assertThatThrownBy(() -> new CrdOptions(0, 1, 1, 0, true, Map.of(TAP, TAP)))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("embed: 0 is not allowed; allowed: 1 to 4096");
    assertThatThrownBy(() -> new CrdOptions(1, 1, 0.01, 0, true, Map.of(TAP, TAP)))
        .hasMessage("temperature: 0.01 is not allowed; allowed: 0.02 to 100");
    assertThatThrownBy(() -> new CrdOptions(1, 1, 1, 1, true, Map.of(TAP, TAP)))
        .hasMessage("momentum: 1.0 is not allowed; allowed: 0 to 0.999");
  }
}
