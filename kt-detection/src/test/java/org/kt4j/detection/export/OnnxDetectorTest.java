package org.kt4j.detection.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.Detector;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportFormats;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.models.ModelEngine;

/** ONNX exports against SavedModels of the same detector. */
class OnnxDetectorTest {

  private static final ExportOptions SAVED = ExportOptions.defaults();
  private static final ExportOptions ONNX = SAVED.format("onnx");

  private static final double PIXELS = 1e-3;
  private static final double SCORES = 1e-5;

  @TempDir private Path folder;

  private Path written(FasterRcnn detector, Weights weights, ExportOptions options)
      throws IOException {
    Path to = Files.createTempDirectory(folder, "export");
    DetectorExport.into(
        to,
        DetectorExport.built(
                detector,
                UntrainedDetectors.NORMALIZATION,
                weights,
                UntrainedDetectors.CLASSES,
                options)
            .model(),
        options,
        new ExportDetails(
            Map.of("run", "runs/a"),
            new ExportDetails.CalibrationPictures(4, "", OnnxDetectorTest::calibration)),
        UntrainedDetectors.CLASSES);
    return to;
  }

  /** Each of another size. */
  private static ExportDetails.Input calibration(int index) {
    Picture picture = UntrainedDetectors.noise(90 + index, 120 - index, index);
    return new ExportDetails.Input(
        picture.pixels(), new long[] {picture.height(), picture.width(), 3});
  }

  private static void assertSame(
      List<Detection> found, List<Detection> expected, double pixels, double scores) {
    assertThat(found).hasSameSizeAs(expected);
    for (int d = 0; d < found.size(); d++) {
      Box here = found.get(d).box();
      Box there = expected.get(d).box();
      assertThat(found.get(d).label()).isEqualTo(expected.get(d).label());
      assertThat(found.get(d).score()).isCloseTo(expected.get(d).score(), within(scores));
      assertThat(here.xMin()).isCloseTo(there.xMin(), within(pixels));
      assertThat(here.yMin()).isCloseTo(there.yMin(), within(pixels));
      assertThat(here.xMax()).isCloseTo(there.xMax(), within(pixels));
      assertThat(here.yMax()).isCloseTo(there.yMax(), within(pixels));
    }
  }

  private static final int[][] SIZES = {
    {96, 128}, {50, 200}, {301, 77}, {1, 1}, {480, 640}, {7, 300}
  };

  @ParameterizedTest
  @ValueSource(strings = {"dense", "stage"})
  void both_heads_find_what_their_saved_model_finds(String head) throws IOException {
    FasterRcnn detector = UntrainedDetectors.of(head);
    Weights weights = UntrainedDetectors.weights(detector);
    try (ExportedDetector saved = ExportedDetector.open(written(detector, weights, SAVED));
        ExportedDetector onnx = ExportedDetector.open(written(detector, weights, ONNX))) {
      for (int[] size : SIZES) {
        Picture picture = UntrainedDetectors.noise(size[0], size[1], size[1]);

        List<Detection> expected = saved.detect(picture);

        assertThat(expected).isNotEmpty();
        assertSame(onnx.detect(picture), expected, PIXELS, SCORES);
      }
    }
  }

  @Test
  void djl_finds_with_its_onnx_engine_what_the_saved_model_finds() throws Exception {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights = UntrainedDetectors.weights(detector);
    Path export = written(detector, weights, ONNX);
    ModelEngine.ONNX_RUNTIME.start(export);
    Criteria<Image, DetectedObjects> criteria =
        Criteria.builder()
            .setTypes(Image.class, DetectedObjects.class)
            .optModelPath(export)
            .optTranslator(new DetectorTranslator())
            .build();
    try (ExportedDetector saved = ExportedDetector.open(written(detector, weights, SAVED));
        ZooModel<Image, DetectedObjects> model = criteria.loadModel();
        Predictor<Image, DetectedObjects> predictor = model.newPredictor()) {
      Picture first = UntrainedDetectors.noise(96, 128, 1);
      Picture second = UntrainedDetectors.noise(50, 200, 2);
      List<DrawnDetections> expected =
          List.of(
              new DrawnDetections(first, saved.detect(first), UntrainedDetectors.CLASSES),
              new DrawnDetections(second, saved.detect(second), UntrainedDetectors.CLASSES));

      List<DetectedObjects> found =
          predictor.batchPredict(expected.stream().map(DrawnDetections::image).toList());

      for (int i = 0; i < expected.size(); i++) {
        DetectedObjects there = expected.get(i).objects();
        assertThat(there.getNumberOfObjects()).isPositive();
        assertThat(found.get(i).getNumberOfObjects()).isEqualTo(there.getNumberOfObjects());
        for (int d = 0; d < there.getNumberOfObjects(); d++) {
          DetectedObjects.DetectedObject one = found.get(i).item(d);
          DetectedObjects.DetectedObject other = there.item(d);
          assertThat(one.getClassName()).isEqualTo(other.getClassName());
          assertThat(one.getProbability()).isCloseTo(other.getProbability(), within(SCORES));
          assertThat(one.getBoundingBox().getIoU(other.getBoundingBox()))
              .isCloseTo(1, within(1e-3));
        }
      }
    }
  }

  /** Blots of one colour on noise, which maps of a random network tell from their surroundings. */
  private static Picture scene(Random random) {
    int height = 1 + random.nextInt(500);
    int width = 1 + random.nextInt(700);
    byte[] pixels = UntrainedDetectors.noise(height, width, random.nextLong()).pixels().clone();
    for (int blot = 0; blot < 4; blot++) {
      int top = random.nextInt(height);
      int left = random.nextInt(width);
      byte[] colour = new byte[3];
      random.nextBytes(colour);
      for (int y = top; y < Math.min(height, top + height / 3); y++) {
        for (int x = left; x < Math.min(width, left + width / 3); x++) {
          System.arraycopy(colour, 0, pixels, 3 * (y * width + x), 3);
        }
      }
    }
    return new Picture(height, width, pixels);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"dense", "stage"})
  void fifty_pictures_of_any_size_have_the_same_boxes(String head) throws IOException {
    FasterRcnn detector = UntrainedDetectors.of(head);
    Weights weights = UntrainedDetectors.weights(detector);
    Random random = new Random(5);
    try (ExportedDetector saved = ExportedDetector.open(written(detector, weights, SAVED));
        ExportedDetector onnx = ExportedDetector.open(written(detector, weights, ONNX))) {
      for (int i = 0; i < 50; i++) {
        Picture picture = scene(random);

        List<Detection> expected = saved.detect(picture);

        assertThat(expected).isNotEmpty();
        assertSame(onnx.detect(picture), expected, PIXELS, SCORES);
      }
    }
  }

  @Test
  void all_options_find_the_same() throws IOException {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights = UntrainedDetectors.weights(detector);
    Picture picture = UntrainedDetectors.noise(90, 140, 1);
    try (ExportedDetector saved = ExportedDetector.open(written(detector, weights, SAVED))) {
      List<Detection> expected = saved.detect(picture);
      for (ExportOptions options :
          List.of(
              SAVED.unfolded(),
              ONNX.unfolded(),
              ONNX.input(ExportOptions.Input.FLOAT32),
              ONNX.taps(List.of("stage1")))) {
        try (ExportedDetector onnx = ExportedDetector.open(written(detector, weights, options))) {
          assertSame(onnx.detect(picture), expected, PIXELS, SCORES);
        }
      }
      try (ExportedDetector half =
          ExportedDetector.open(written(detector, weights, ONNX.precision(Precision.HALF)))) {
        assertThat(
                DetectionAgreement.of(
                        expected,
                        half.detect(picture),
                        detector.options(),
                        DetectionTolerance.of(Precision.HALF))
                    .within(DetectionTolerance.of(Precision.HALF)))
            .isTrue();
      }
    }
  }

  @Test
  void taps_are_the_maps_of_the_scaled_picture() throws IOException {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights = UntrainedDetectors.weights(detector);
    Picture picture = UntrainedDetectors.noise(90, 140, 1);
    List<String> taps = List.of("stage1", "stage3");
    Path saved = written(detector, weights, SAVED.taps(taps));
    Path onnx = written(detector, weights, ONNX.taps(taps));
    long[] sizes = {90, 140, 3};

    try (ExportRunner first = ExportFormats.in(saved).open(saved);
        ExportRunner second = ExportFormats.in(onnx).open(onnx)) {
      List<ExportRunner.Output> expected = first.run(picture.pixels(), sizes, taps);
      List<ExportRunner.Output> found = second.run(picture.pixels(), sizes, taps);

      for (int tap = 0; tap < 2; tap++) {
        assertThat(found.get(tap).sizes()).isEqualTo(expected.get(tap).sizes());
        assertThat(found.get(tap).values())
            .containsExactly(expected.get(tap).values(), within(1e-4f));
      }
      assertThat(expected.get(1).sizes()).containsExactly(1, 6, 8, 32);
    }
  }

  /** The same weights but for some arrays. */
  private static Weights with(Weights weights, String name, UnaryOperator<float[]> change) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(weights.arrays());
    Weights.Array array = arrays.get(name);
    assertThat(array).as(name).isNotNull();
    arrays.put(name, new Weights.Array(array.shape(), change.apply(array.values().clone())));
    return new Weights("changed", arrays);
  }

  @Test
  void of_equal_scores_all_engines_choose_the_same() throws IOException {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    UnaryOperator<float[]> zeros = values -> new float[values.length];
    Weights weights = UntrainedDetectors.weights(detector);
    for (String name : List.of("rpn.cls_logits.weight", "box_predictor.cls_score.weight")) {
      weights = with(weights, name, zeros);
    }
    Picture picture = UntrainedDetectors.noise(90, 140, 1);

    try (ExportedDetector saved = ExportedDetector.open(written(detector, weights, SAVED));
        ExportedDetector onnx = ExportedDetector.open(written(detector, weights, ONNX));
        Detector run = new Detector(detector, UntrainedDetectors.NORMALIZATION, weights)) {
      List<Detection> found = onnx.detect(picture);

      assertThat(found)
          .hasSize(30)
          .allSatisfy(each -> assertThat(each.score()).isCloseTo(0.25, within(1e-6)));
      assertSame(found, saved.detect(picture), PIXELS, SCORES);
      assertSame(found, run.detect(List.of(picture)).get(0), PIXELS, SCORES);
    }
  }

  @Test
  void a_picture_in_which_nothing_is_found_has_no_boxes() throws IOException {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights =
        with(
            UntrainedDetectors.weights(detector),
            "box_predictor.cls_score.bias",
            values -> {
              values[0] = 50; // background
              return values;
            });

    try (ExportedDetector onnx = ExportedDetector.open(written(detector, weights, ONNX))) {
      assertThat(onnx.detect(UntrainedDetectors.noise(90, 140, 1))).isEmpty();
    }
  }

  /** Of 32 bits they are refused from ONNX Runtime 1.24 on, which is later than the tests' own. */
  @ParameterizedTest
  @ValueSource(strings = {"dense", "stage"})
  void ranges_of_whole_numbers_have_64_bits(String head) throws IOException {
    FasterRcnn detector = UntrainedDetectors.of(head);
    Path export = written(detector, UntrainedDetectors.weights(detector), ONNX);
    OnnxMl.GraphProto graph;
    try (InputStream in = Files.newInputStream(export.resolve("model.onnx"))) {
      graph = OnnxMl.ModelProto.parseFrom(in).getGraph();
    }

    Set<String> begins = new HashSet<>();
    graph.getNodeList().stream()
        .filter(node -> node.getOpType().equals("Range"))
        .forEach(node -> begins.add(node.getInput(0)));

    assertThat(graph.getInitializerList())
        .filteredOn(each -> begins.contains(each.getName()))
        .hasSameSizeAs(begins)
        .extracting(OnnxMl.TensorProto::getDataType)
        .contains(OnnxMl.TensorProto.DataType.INT64_VALUE)
        .doesNotContain(OnnxMl.TensorProto.DataType.INT32_VALUE);
  }

  @Test
  void a_parser_of_others_reads_what_it_is() throws IOException {
    FasterRcnn detector = UntrainedDetectors.of("stage");
    Path export = written(detector, UntrainedDetectors.weights(detector), ONNX);
    OnnxMl.ModelProto model;
    try (InputStream in = Files.newInputStream(export.resolve("model.onnx"))) {
      model = OnnxMl.ModelProto.parseFrom(in);
    }

    assertThat(model.getIrVersion()).isEqualTo(8);
    assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
    OnnxMl.GraphProto graph = model.getGraph();
    assertThat(graph.getInputList()).hasSize(1);
    assertThat(described(graph.getInput(0))).isEqualTo("image UINT8 [height, width, 3]");
    assertThat(graph.getOutputList().stream().map(OnnxDetectorTest::described))
        .containsExactly(
            "boxes FLOAT [objects, 4]", "scores FLOAT [objects]", "labels INT32 [objects]");
    Set<String> known = new HashSet<>(Set.of("image", ""));
    graph.getInitializerList().forEach(each -> assertThat(known.add(each.getName())).isTrue());
    for (OnnxMl.NodeProto node : graph.getNodeList()) {
      assertThat(known).as(node.getName()).containsAll(node.getInputList());
      for (String output : node.getOutputList()) {
        assertThat(known.add(output)).as(output).isTrue();
      }
    }
    // All normalisations are part of a convolution.
    assertThat(graph.getNodeList())
        .extracting(OnnxMl.NodeProto::getOpType)
        .contains("Conv", "RoiAlign", "NonMaxSuppression")
        .doesNotContain("BatchNormalization");
  }

  /** What ONNX Runtime computes, once it has made its own graph of a model. */
  private Map<String, Integer> operations(Path export) throws IOException, OrtException {
    Path optimized = Files.createTempFile(folder, "optimized", ".onnx");
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(optimized.toString());
      OrtEnvironment.getEnvironment()
          .createSession(export.resolve("model.onnx").toString(), options)
          .close();
    }
    Map<String, Integer> counts = new TreeMap<>();
    try (InputStream in = Files.newInputStream(optimized)) {
      OnnxMl.ModelProto.parseFrom(in)
          .getGraph()
          .getNodeList()
          .forEach(node -> counts.merge(node.getOpType(), 1, Integer::sum));
    }
    return counts;
  }

  @Test
  void in_8_bits_all_but_what_says_where_objects_are_is_computed_in_whole_numbers()
      throws IOException, OrtException {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights = UntrainedDetectors.weights(detector);
    for (boolean floatEnds : new boolean[] {false, true}) {
      Path export =
          written(detector, weights, ONNX.int8(new Int8Options(4, 1, 100, 8, floatEnds, 1)));

      Map<String, Integer> counts = operations(export);

      // Nine convolutions of the backbone and one of the proposal network, whose two predictions
      // are none; four dense layers, of which two are predictions. The first one is an end, too.
      assertThat(counts)
          .containsEntry("QLinearConv", floatEnds ? 9 : 10)
          .containsEntry("Conv", floatEnds ? 3 : 2)
          .containsEntry("QGemm", floatEnds ? 2 : 4);
      try (ExportedDetector loaded = ExportedDetector.open(export)) {
        assertThat(loaded.detect(UntrainedDetectors.noise(90, 140, 1))).isNotEmpty();
      }
    }
  }

  private static String described(OnnxMl.ValueInfoProto port) {
    OnnxMl.TypeProto.Tensor type = port.getType().getTensorType();
    return port.getName()
        + " "
        + OnnxMl.TensorProto.DataType.forNumber(type.getElemType())
        + type.getShape().getDimList().stream()
            .map(
                dim ->
                    dim.getDimParam().isEmpty()
                        ? Long.toString(dim.getDimValue())
                        : dim.getDimParam())
            .toList()
            .toString()
            .transform(" "::concat);
  }

  @Test
  void the_folds_are_counted() {
    FasterRcnn detector = UntrainedDetectors.of("dense");
    Weights weights = UntrainedDetectors.weights(detector);
    for (ExportOptions options : Arrays.asList(SAVED, SAVED.unfolded())) {
      DetectorExport.Built built =
          DetectorExport.built(
              detector,
              UntrainedDetectors.NORMALIZATION,
              weights,
              UntrainedDetectors.CLASSES,
              options);

      // A ResNet-10 up to its third stage: the first one, and in each block two or three.
      assertThat(built.normalisations()).isEqualTo(9);
      assertThat(built.folded()).isEqualTo(options.folded() ? 9 : 0);
    }
  }
}
