package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.detection.data.VocOptions;
import org.kt4j.detection.data.VocProvider;

/** 1,081 detections on real pictures, scored by others: in the shared data. */
@Tag("shared")
class BloodCellsTest {

  private JsonNode golden = MissingNode.getInstance();
  private List<String> classes = List.of();
  private final List<List<LabelledBox>> objects = new ArrayList<>();
  private final List<List<Detection>> found = new ArrayList<>();

  @BeforeEach
  void the_test_pictures_and_the_detections_on_them() throws IOException {
    Path shared = Path.of(System.getProperty("kt.shared"));
    golden =
        new JsonMapper()
            .readTree(shared.resolve("golden").resolve("voc-average-precision.json").toFile());
    DetectionDataset test =
        new VocProvider()
            .openDetection(
                new VocOptions(
                    shared.resolve("data").resolve("bccd").toString(),
                    "train",
                    "val",
                    "test",
                    List.of(),
                    64))
            .test();
    classes = test.classes();
    List<String> pictures = new ArrayList<>();
    for (int i = 0; i < test.size(); i++) {
      pictures.add(test.picture(i));
      objects.add(test.objects(i));
      found.add(new ArrayList<>());
    }
    for (JsonNode detection : golden.get("detections")) {
      JsonNode box = detection.get("box");
      // Counted from 1 and with the last pixel, as the annotations are.
      Box edges =
          new Box(
              box.get(0).asDouble() - 1,
              box.get(1).asDouble() - 1,
              box.get(2).asDouble(),
              box.get(3).asDouble());
      found
          .get(pictures.indexOf(detection.get("image").asText()))
          .add(
              new Detection(
                  edges,
                  classes.indexOf(detection.get("class").asText()),
                  detection.get("score").asDouble()));
    }
  }

  @ParameterizedTest
  @CsvSource({"0.5", "0.75"})
  void average_precision_of_pascal_voc_is_that_of_published_code(double overlap) {
    JsonNode area = golden.get("expected").get("iou" + overlap + "-area");
    JsonNode elevenPoint = golden.get("expected").get("iou" + overlap + "-11point");
    double areas = 0;
    double elevenPoints = 0;

    for (int label = 0; label < classes.size(); label++) {
      AveragePrecision curve = VocMatching.match(ofClass(label), overlap);
      areas += curve.area();
      elevenPoints += curve.elevenPoint();
      // Published with six digits.
      assertThat(curve.area()).isCloseTo(area.get(classes.get(label)).asDouble(), within(1e-6));
      assertThat(curve.elevenPoint())
          .isCloseTo(elevenPoint.get(classes.get(label)).asDouble(), within(1e-6));
    }

    assertThat(areas / 3).isCloseTo(area.get("mAP").asDouble(), within(1e-6));
    assertThat(elevenPoints / 3).isCloseTo(elevenPoint.get("mAP").asDouble(), within(1e-6));
  }

  // From cocoeval.py of pycocotools, run on the same boxes as [left, top, width, height] with the
  // area of the box; no area is exactly that of a bound.
  @Test
  void average_precision_of_coco_is_that_of_pycocotools() {
    DetectionScores scores = scores(false);

    assertThat(scores.coco()).isCloseTo(0.375289515, within(1e-9));
    assertThat(scores.coco50()).isCloseTo(0.578210525, within(1e-9));
    assertThat(scores.coco75()).isCloseTo(0.406865630, within(1e-9));
    assertThat(scores.small()).isCloseTo(0.628382838, within(1e-9));
    assertThat(scores.medium()).isCloseTo(0.412780032, within(1e-9));
    assertThat(scores.large()).isCloseTo(0.292752579, within(1e-9));
    assertThat(scores.classes().get(0).coco()).isCloseTo(0.372101309, within(1e-9));
    assertThat(scores.classes().get(1).coco()).isCloseTo(0.458281878, within(1e-9));
    assertThat(scores.classes().get(2).coco()).isCloseTo(0.295485359, within(1e-9));
    assertThat(scores.vocArea()).isCloseTo(0.579670, within(1e-6));
    assertThat(scores.voc2007()).isCloseTo(0.568125, within(1e-6));
  }

  // The same with iscrowd set for every third object in file order, over all pictures.
  @Test
  void crowds_are_ignored_as_pycocotools_does() {
    DetectionScores scores = scores(true);

    assertThat(scores.coco()).isCloseTo(0.369874732, within(1e-9));
    assertThat(scores.coco50()).isCloseTo(0.556491879, within(1e-9));
    assertThat(scores.coco75()).isCloseTo(0.410302735, within(1e-9));
    assertThat(scores.small()).isCloseTo(0.684488449, within(1e-9));
    assertThat(scores.medium()).isCloseTo(0.397013960, within(1e-9));
    assertThat(scores.large()).isCloseTo(0.404032870, within(1e-9));
    assertThat(scores.classes().get(0).coco()).isCloseTo(0.356826127, within(1e-9));
    assertThat(scores.classes().get(1).coco()).isCloseTo(0.446160408, within(1e-9));
    assertThat(scores.classes().get(2).coco()).isCloseTo(0.306637660, within(1e-9));
  }

  private DetectionScores scores(boolean everyThirdIsACrowd) {
    DetectionEvaluator evaluator = new DetectionEvaluator(classes);
    int index = 0;
    for (int picture = 0; picture < objects.size(); picture++) {
      List<LabelledBox> marked = new ArrayList<>();
      for (LabelledBox object : objects.get(picture)) {
        boolean crowd = everyThirdIsACrowd && index++ % 3 == 0;
        marked.add(new LabelledBox(object.box(), object.label(), crowd));
      }
      evaluator.add(marked, found.get(picture));
    }
    return evaluator.scores();
  }

  private List<ClassPicture> ofClass(int label) {
    List<ClassPicture> pictures = new ArrayList<>();
    for (int picture = 0; picture < objects.size(); picture++) {
      pictures.add(
          new ClassPicture(
              objects.get(picture).stream()
                  .filter(object -> object.label() == label)
                  .map(
                      object ->
                          new ClassPicture.Target(object.box(), object.difficult(), object.area()))
                  .toList(),
              found.get(picture).stream()
                  .filter(detection -> detection.label() == label)
                  .toList()));
    }
    return pictures;
  }
}
