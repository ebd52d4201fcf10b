package org.kt4j.detection.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.detection.export.UntrainedDetectors.CLASSES;
import static org.kt4j.detection.export.UntrainedDetectors.NORMALIZATION;
import static org.kt4j.detection.export.UntrainedDetectors.noise;

import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.output.BoundingBox;
import ai.djl.modality.cv.output.DetectedObjects;
import ai.djl.modality.cv.output.Rectangle;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ZooModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.drawing.DrawnDetections;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.Detector;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.models.ModelEngine;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;

class DetectorExportTest {

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private static FasterRcnn detector;
  private static Weights weights;
  private static Path exported;

  @BeforeAll
  static void export() {
    detector = UntrainedDetectors.of("dense");
    weights = UntrainedDetectors.weights(detector);
    exported = shared.resolve("new/export");
    DetectorExport.write(detector, NORMALIZATION, weights, CLASSES, exported, false);
  }

  private static final List<Picture> PICTURES =
      List.of(noise(96, 128, 1), noise(50, 200, 2), noise(301, 77, 3), noise(1, 1, 4));

  private static List<Detection> reference(FasterRcnn detector, Weights weights, Picture picture) {
    try (Detector reference = new Detector(detector, NORMALIZATION, weights)) {
      return reference.detect(List.of(picture)).get(0);
    }
  }

  private static void assertSame(Box found, Box expected) {
    // Constants are folded into other constants, so that floats are rounded elsewhere.
    assertThat(found.xMin()).isCloseTo(expected.xMin(), within(0.01));
    assertThat(found.yMin()).isCloseTo(expected.yMin(), within(0.01));
    assertThat(found.xMax()).isCloseTo(expected.xMax(), within(0.01));
    assertThat(found.yMax()).isCloseTo(expected.yMax(), within(0.01));
  }

  @Test
  void tensorflow_finds_with_the_export_what_the_detector_finds() {
    try (ExportedDetector loaded = ExportedDetector.open(exported)) {
      for (Picture picture : PICTURES) {
        List<Detection> expected = reference(detector, weights, picture);
        List<Detection> found = loaded.detect(picture);

        assertThat(expected).isNotEmpty();
        assertThat(found).hasSameSizeAs(expected);
        for (int d = 0; d < found.size(); d++) {
          assertThat(found.get(d).label()).isEqualTo(expected.get(d).label());
          assertThat(found.get(d).score()).isCloseTo(expected.get(d).score(), within(1e-4));
          assertSame(found.get(d).box(), expected.get(d).box());
        }
      }
    }
  }

  @Test
  void djl_finds_with_the_export_what_the_detector_finds() throws Exception {
    ModelEngine.TENSORFLOW.start(exported);
    Criteria<Image, DetectedObjects> criteria =
        Criteria.builder()
            .setTypes(Image.class, DetectedObjects.class)
            .optModelPath(exported)
            .optTranslator(new DetectorTranslator())
            .build();
    try (ZooModel<Image, DetectedObjects> model = criteria.loadModel();
        Predictor<Image, DetectedObjects> predictor = model.newPredictor()) {
      for (Picture picture : PICTURES) {
        DrawnDetections drawn =
            new DrawnDetections(picture, reference(detector, weights, picture), CLASSES);
        DetectedObjects expected = drawn.objects();
        DetectedObjects found = predictor.predict(drawn.image());

        assertThat(found.getNumberOfObjects()).isEqualTo(expected.getNumberOfObjects());
        for (int d = 0; d < found.getNumberOfObjects(); d++) {
          DetectedObjects.DetectedObject here = found.item(d);
          DetectedObjects.DetectedObject there = expected.item(d);
          assertThat(here.getClassName()).isEqualTo(there.getClassName());
          assertThat(here.getProbability()).isCloseTo(there.getProbability(), within(1e-4));
          assertSame(box(here.getBoundingBox(), picture), box(there.getBoundingBox(), picture));
        }
      }
    }
  }

  private static Box box(BoundingBox box, Picture picture) {
    Rectangle shares = box.getBounds();
    return new Box(
        shares.getX() * picture.width(),
        shares.getY() * picture.height(),
        (shares.getX() + shares.getWidth()) * picture.width(),
        (shares.getY() + shares.getHeight()) * picture.height());
  }

  @Test
  void an_export_is_checked_against_its_detector() {
    DetectionAgreement agreement =
        DetectorExport.verify(
            detector, NORMALIZATION, weights, exported, PICTURES, Precision.SINGLE);

    assertThat(agreement.pictures()).isEqualTo(PICTURES.size());
    assertThat(agreement.detections()).isGreaterThan(PICTURES.size());
    assertThat(agreement.box()).isLessThan(0.01);
    assertThat(agreement.alone()).isZero();
  }

  @Test
  void an_export_of_other_weights_does_not_pass() {
    Map<String, Weights.Array> others = new LinkedHashMap<>(weights.arrays());
    others.replaceAll(
        (name, array) -> {
          float[] values = array.values().clone();
          for (int i = 0; i < values.length; i++) {
            values[i] *= 1.05f;
          }
          return new Weights.Array(array.shape(), values);
        });

    assertThatThrownBy(
            () ->
                DetectorExport.verify(
                    detector,
                    NORMALIZATION,
                    new Weights("others", others),
                    exported,
                    PICTURES,
                    Precision.SINGLE))
        .isInstanceOf(ExportMismatchException.class)
        .hasMessageContaining("what the detector finds: ")
        .hasMessageContaining("do not use this export");
  }

  @Test
  void the_backbones_last_stage_can_be_the_head() {
    FasterRcnn staged = UntrainedDetectors.of("stage");
    Weights own = UntrainedDetectors.weights(staged);
    DetectorExport.write(staged, NORMALIZATION, own, CLASSES, folder.resolve("staged"), false);

    DetectionAgreement agreement =
        DetectorExport.verify(
            staged, NORMALIZATION, own, folder.resolve("staged"), PICTURES, Precision.SINGLE);

    assertThat(agreement.detections()).isPositive();
  }

  @Test
  void the_graph_is_constant_and_everything_else_lies_beside_it() throws IOException {
    try (Stream<Path> files = Files.list(exported)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "SHA256SUMS", "saved_model.pb", "synset.txt", "serving.properties");
    }
    assertThat(Files.readAllLines(exported.resolve("synset.txt"))).isEqualTo(CLASSES);
    assertThat(Files.readString(exported.resolve("serving.properties")))
        .contains("engine=TensorFlow\n", "option.Tags=serve\n");
    try (Stream<Path> beside = Files.list(exported.getParent())) {
      assertThat(beside).containsExactly(exported);
    }
    try (var in = Files.newInputStream(exported.resolve("saved_model.pb"))) {
      GraphDef graph = SavedModel.parseFrom(in).getMetaGraphs(0).getGraphDef();
      Set<String> stateful =
          Set.of("VarHandleOp", "ReadVariableOp", "AssignVariableOp", "StatelessRandomNormalV2");
      assertThat(graph.getNodeList())
          .extracting(NodeDef::getOp)
          .doesNotContainAnyElementsOf(stateful);
      assertThat(graph.getNodeList())
          .filteredOn(node -> node.getOp().equals("Placeholder"))
          .extracting(NodeDef::getName)
          .containsExactly("image");
    }
  }

  @Test
  void a_folder_that_is_there_is_replaced_only_when_asked_and_only_an_export() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));

    assertThatThrownBy(() -> write(there, false))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining(
            "is there already; fix: name a new folder, or replace it with --overwrite");
    write(there, true);
    write(there, true);
    Path own = Files.writeString(there.resolve("letter.txt"), "dear reader");
    assertThatThrownBy(() -> write(there, true))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("holds letter.txt, which is no part of an export");

    assertThat(own).hasContent("dear reader");
    try (Stream<Path> beside = Files.list(folder)) {
      assertThat(beside).containsExactly(there);
    }
    assertThatThrownBy(() -> write(own, true))
        .isInstanceOf(ExportException.class)
        .hasMessageContaining("is no folder that could be replaced");
  }

  private static void write(Path to, boolean overwrite) {
    DetectorExport.write(detector, NORMALIZATION, weights, CLASSES, to, overwrite);
  }

  @Test
  void mistakes_leave_nothing_behind() throws IOException {
    Path to = folder.resolve("export");
    Map<String, Weights.Array> few = new LinkedHashMap<>(weights.arrays());
    String first = few.keySet().iterator().next();
    few.remove(first);

    assertThatThrownBy(
            () ->
                DetectorExport.write(
                    detector, NORMALIZATION, new Weights("few", few), CLASSES, to, false))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining(first);
    assertThatThrownBy(
            () ->
                DetectorExport.write(
                    detector, NORMALIZATION, weights, List.of("red", "blue"), to, false))
        .hasMessage("classes: 2; the detector has 3");
    assertThatThrownBy(
            () ->
                DetectorExport.write(
                    detector, NORMALIZATION, weights, List.of("a", "b", "c\nd"), to, false))
        .hasMessageContaining("allowed: one line, not blank");
    assertThatThrownBy(() -> ExportedDetector.open(to))
        .isInstanceOf(ModelException.class)
        .hasMessage(to + ": is no folder; fix: give the folder of an export");

    try (Stream<Path> left = Files.list(folder)) {
      assertThat(left).isEmpty();
    }
  }
}
