package org.kt4j.onnx.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.onnx.model.OnnxModel;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Max;
import org.tensorflow.op.core.Min;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.ReduceSum;
import org.tensorflow.op.core.Unstack;
import org.tensorflow.op.image.CombinedNonMaxSuppression;
import org.tensorflow.op.nn.TopK;
import org.tensorflow.proto.DataType;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.family.TNumber;

/** Operations of detectors, computed by TensorFlow and, translated, by ONNX Runtime. */
class DetectorOperationsTest {

  private static final int OPSET = 17;

  private final Graph graph = NativeRuntime.newGraph();
  private final Ops tf = Ops.create(graph);
  private final List<Operand<TFloat32>> outputs = new ArrayList<>();

  @BeforeAll
  static void start() {
    NativeRuntime.start();
  }

  @AfterEach
  void close() {
    graph.close();
  }

  private Operand<TFloat32> input(long... sizes) {
    return tf.withName("input").placeholder(TFloat32.class, Placeholder.shape(Shape.of(sizes)));
  }

  private void give(Operand<? extends TNumber> output) {
    outputs.add(
        tf.withName("output" + outputs.size()).dtypes.cast(tf.identity(output), TFloat32.class));
  }

  private List<ServingModel.Port> ports(List<Operand<TFloat32>> operands) {
    return operands.stream()
        .map(
            operand ->
                new ServingModel.Port(
                    operand.op().name(),
                    operand.op().name(),
                    DataType.DT_FLOAT,
                    Arrays.stream(operand.shape().asArray()).boxed().toList()))
        .toList();
  }

  private List<float[]> byTensorFlow(Operand<TFloat32> input, float[] fed, long... sizes) {
    try (Session session = new Session(graph);
        TFloat32 given = TFloat32.tensorOf(Shape.of(sizes), DataBuffers.of(fed, true, false))) {
      Session.Runner runner = session.runner().feed(input, given);
      outputs.forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> found = new ArrayList<>();
        result.forEach(each -> found.add(ImageGraph.floats((TFloat32) each.getValue())));
        return found;
      }
    }
  }

  private List<float[]> byOnnxRuntime(Operand<TFloat32> input, float[] fed, long... sizes)
      throws OrtException {
    byte[] model =
        new OnnxModel(
                GraphTranslation.of(
                    "tried", graph.toGraphDef(), ports(List.of(input)), ports(outputs)),
                OPSET,
                "",
                "",
                Map.of())
            .bytes()
            .toByteArray();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model);
        OnnxTensor given = OnnxTensor.createTensor(environment, FloatBuffer.wrap(fed), sizes);
        OrtSession.Result result = session.run(Map.of("input", given))) {
      List<float[]> found = new ArrayList<>();
      for (Operand<TFloat32> output : outputs) {
        FloatBuffer numbers =
            ((OnnxTensor) result.get(output.op().name()).orElseThrow()).getFloatBuffer();
        float[] values = new float[numbers.remaining()];
        numbers.get(values);
        found.add(values);
      }
      return found;
    }
  }

  private void assertSame(Operand<TFloat32> input, float[] fed, float tolerance, long... sizes)
      throws OrtException {
    List<float[]> expected = byTensorFlow(input, fed, sizes);
    List<float[]> found = byOnnxRuntime(input, fed, sizes);

    for (int i = 0; i < expected.size(); i++) {
      assertThat(expected.get(i)).as("output " + i).isNotEmpty();
      assertThat(found.get(i))
          .as("output " + i)
          .containsExactly(expected.get(i), within(tolerance));
    }
  }

  private static float[] noise(int count, long seed) {
    Random random = new Random(seed);
    float[] numbers = new float[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = random.nextFloat();
    }
    return numbers;
  }

  /** Two pictures of nine boxes; what is fed are their sides, then the scores of the classes. */
  private void suppression(
      Operand<TFloat32> input, int classes, int own, boolean clip, boolean perClass, int most) {
    Operand<TFloat32> boxes =
        tf.reshape(
            tf.slice(input, tf.array(0, 0, 0), tf.array(-1, -1, 4 * own)), tf.array(-1, 9, own, 4));
    // From the upper left corner to the lower right one, some of them beyond 1.
    Operand<TFloat32> corner = tf.slice(boxes, tf.array(0, 0, 0, 0), tf.array(-1, -1, -1, 2));
    Operand<TFloat32> size = tf.slice(boxes, tf.array(0, 0, 0, 2), tf.array(-1, -1, -1, 2));
    CombinedNonMaxSuppression kept =
        tf.image.combinedNonMaxSuppression(
            tf.concat(List.of(corner, tf.math.add(corner, size)), tf.constant(3)),
            tf.slice(input, tf.array(0, 0, 4 * own), tf.array(-1, -1, classes)),
            tf.constant(3),
            tf.constant(most),
            tf.constant(0.3f),
            tf.constant(0.2f),
            CombinedNonMaxSuppression.clipBoxes(clip),
            CombinedNonMaxSuppression.padPerClass(perClass));
    give(kept.nmsedBoxes());
    give(kept.nmsedScores());
    give(kept.nmsedClasses());
    give(kept.validDetections());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, true, false, 5",
    "4, 1, false, false, 5",
    "4, 4, true, false, 7",
    "4, 4, false, true, 40",
    "2, 2, false, false, 40",
    "1, 1, false, true, 2"
  })
  void boxes_are_suppressed_class_by_class(
      int classes, int own, boolean clip, boolean perClass, int most) throws OrtException {
    int values = 4 * own + classes;
    Operand<TFloat32> input = input(2, 9, values);
    suppression(input, classes, own, clip, perClass, most);

    assertSame(input, noise(2 * 9 * values, most), 0, 2, 9, values);
  }

  @Test
  void where_no_score_is_large_enough_nothing_is_found() throws OrtException {
    Operand<TFloat32> input = input(2, 9, 6);
    suppression(input, 2, 1, false, false, 4);

    assertSame(input, new float[2 * 9 * 6], 0, 2, 9, 6);
  }

  @Test
  void of_equal_scores_the_first_class_and_then_the_first_box_is_the_better_one()
      throws OrtException {
    Operand<TFloat32> input = input(1, 3, 6);
    suppressionOfThree(input);
    float[] fed = {
      0, 0, 0.1f, 0.1f, 0.5f, 0.5f, //
      0.4f, 0, 0.5f, 0.1f, 0.5f, 0.9f, //
      0.8f, 0, 0.9f, 0.1f, 0.5f, 0.5f
    };

    List<float[]> found = byOnnxRuntime(input, fed, 1, 3, 6);

    assertThat(found.get(0)).containsExactly(0.9f, 0.5f, 0.5f, 0.5f, 0.5f);
    assertThat(found.get(1)).containsExactly(1, 0, 0, 0, 1);
    assertThat(found.get(2)).containsExactly(0.4f, 0, 0.4f, 0.8f, 0);
  }

  private void suppressionOfThree(Operand<TFloat32> input) {
    CombinedNonMaxSuppression kept =
        tf.image.combinedNonMaxSuppression(
            tf.expandDims(tf.slice(input, tf.array(0, 0, 0), tf.array(-1, -1, 4)), tf.constant(2)),
            tf.slice(input, tf.array(0, 0, 4), tf.array(-1, -1, 2)),
            tf.constant(3),
            tf.constant(5),
            tf.constant(0.5f),
            tf.constant(0f));
    give(kept.nmsedScores());
    give(kept.nmsedClasses());
    give(tf.gather(kept.nmsedBoxes(), tf.constant(0), tf.constant(2)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void regions_are_cut_out_of_a_bordered_map(int each) throws OrtException {
    Operand<TFloat32> input = input(2, 5, 7, 3);
    Operand<TFloat32> bordered =
        tf.mirrorPad(input, tf.constant(new int[][] {{0, 0}, {1, 1}, {1, 1}, {0, 0}}), "SYMMETRIC");
    Operand<TFloat32> crops =
        tf.image.cropAndResize(
            bordered,
            tf.constant(
                new float[][] {
                  {0.1f, 0.2f, 0.8f, 0.9f},
                  {0, 0, 1, 1},
                  {0.3f, 0.3f, 0.3f, 0.3f},
                  {0.9f, 0.4f, 0.2f, 0.5f} // upside down
                }),
            tf.constant(new int[] {0, 1, 1, 0}),
            tf.array(6, 12));
    List<Long> window = List.of(1L, (long) each, (long) each, 1L);
    give(each == 1 ? crops : tf.nn.avgPool(crops, window, window, "VALID"));

    assertSame(input, noise(2 * 5 * 7 * 3, 1), 1e-5f, 2, 5, 7, 3);
  }

  @Test
  void a_border_that_is_more_than_repeated_has_no_translation() {
    Operand<TFloat32> input = input(1, 5, 7, 3);
    give(
        tf.mirrorPad(
            input, tf.constant(new int[][] {{0, 0}, {2, 1}, {1, 1}, {0, 0}}), "SYMMETRIC"));

    assertThatThrownBy(() -> byOnnxRuntime(input, new float[105], 1, 5, 7, 3))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith("ONNX: the operation MirrorPad ('")
        .hasMessageContaining("repeats more than the border of its input; fix: ");
  }

  @Test
  void a_mirrored_border_leaves_out_the_edge() throws OrtException {
    Operand<TFloat32> input = input(1, 5, 7, 3);
    give(tf.mirrorPad(input, tf.constant(new int[][] {{0, 0}, {2, 1}, {0, 3}, {0, 0}}), "REFLECT"));

    assertSame(input, noise(105, 2), 0, 1, 5, 7, 3);
  }

  @Test
  void the_largest_numbers_come_first_and_of_equal_ones_the_first() throws OrtException {
    Operand<TFloat32> input = input(2, 6);
    TopK<TFloat32, TInt32> top = tf.nn.topK(input, tf.constant(4), TInt32.class);
    give(top.values());
    give(top.indices());

    float[] fed = {1, 3, 2, 3, 3, 0, -1, -1, -1, -2, -1, -1};

    assertSame(input, fed, 0, 2, 6);
    assertThat(byOnnxRuntime(input, fed, 2, 6).get(1)).containsExactly(1, 3, 4, 2, 0, 1, 2, 4);
  }

  @Test
  void axes_are_reduced_with_or_without_being_kept() throws OrtException {
    Operand<TFloat32> input = input(2, 3, 4);
    give(tf.min(input, tf.array(1), Min.keepDims(true)));
    give(tf.max(input, tf.array(-1), Max.keepDims(false)));
    give(tf.reduceSum(input, tf.constant(1), ReduceSum.keepDims(true)));
    give(tf.reduceSum(input, tf.array(0, 2)));

    assertSame(input, noise(24, 3), 1e-6f, 2, 3, 4);
  }

  @Test
  void tensors_are_taken_apart_repeated_and_emptied() throws OrtException {
    Operand<TFloat32> input = input(2, 3, 4);
    List<Output<TFloat32>> parts = tf.unstack(input, 3L, Unstack.axis(1L)).output();
    give(parts.get(2));
    give(parts.get(0));
    give(tf.tile(input, tf.array(1, 2, 3)));
    give(tf.zerosLike(input));
    give(tf.zerosLike(tf.dtypes.cast(input, TInt32.class)));

    assertSame(input, noise(24, 4), 0, 2, 3, 4);
  }
}
