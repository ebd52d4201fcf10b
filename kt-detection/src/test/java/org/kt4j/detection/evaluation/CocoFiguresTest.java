package org.kt4j.detection.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.CocoOptions;
import org.kt4j.detection.data.CocoProvider;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.engine.json.Json;

/**
 * Detections on annotations whose areas are not those of their boxes, scored by cocoeval.py of the
 * COCO API: in the shared data.
 */
@Tag("shared")
class CocoFiguresTest {

  private static final Offset<Double> SIX_DIGITS = within(1e-6);

  @TempDir Path root;

  @Test
  void all_twelve_figures_and_those_of_each_class_are_those_of_cocoeval() throws IOException {
    Path shared = Path.of(System.getProperty("kt.shared"));
    JsonNode golden = Json.tree(shared.resolve("golden").resolve("coco-average-precision.json"));
    JsonNode expected = golden.get("expected");
    DetectionDataset test = annotated(golden.get("groundTruth"));

    DetectionScores scores = scores(test, golden);

    assertThat(scores.coco()).isCloseTo(expected.get("AP").asDouble(), SIX_DIGITS);
    assertThat(scores.coco50()).isCloseTo(expected.get("AP50").asDouble(), SIX_DIGITS);
    assertThat(scores.coco75()).isCloseTo(expected.get("AP75").asDouble(), SIX_DIGITS);
    assertThat(scores.small()).isCloseTo(expected.get("APsmall").asDouble(), SIX_DIGITS);
    assertThat(scores.medium()).isCloseTo(expected.get("APmedium").asDouble(), SIX_DIGITS);
    assertThat(scores.large()).isCloseTo(expected.get("APlarge").asDouble(), SIX_DIGITS);
    DetectionScores.Recall recall = scores.recall();
    assertThat(recall.surest()).isCloseTo(expected.get("AR1").asDouble(), SIX_DIGITS);
    assertThat(recall.tenSurest()).isCloseTo(expected.get("AR10").asDouble(), SIX_DIGITS);
    assertThat(recall.hundredSurest()).isCloseTo(expected.get("AR100").asDouble(), SIX_DIGITS);
    assertThat(recall.small()).isCloseTo(expected.get("ARsmall").asDouble(), SIX_DIGITS);
    assertThat(recall.medium()).isCloseTo(expected.get("ARmedium").asDouble(), SIX_DIGITS);
    assertThat(recall.large()).isCloseTo(expected.get("ARlarge").asDouble(), SIX_DIGITS);
    assertThat(scores.classes()).hasSize(expected.get("perClassAP").size());
    for (DetectionScores.ClassScores each : scores.classes()) {
      JsonNode ofClass = expected.get("perClassAP").get(each.name());
      if (ofClass.isNull()) {
        assertThat(each.coco()).isNaN();
      } else {
        assertThat(each.coco()).isCloseTo(ofClass.asDouble(), SIX_DIGITS);
      }
    }
  }

  /** The annotations, read as those of a user; no picture is looked at. */
  private DetectionDataset annotated(JsonNode groundTruth) throws IOException {
    ImageIO.write(
        new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB),
        "png",
        root.resolve("train.png").toFile());
    Files.writeString(root.resolve("test.json"), groundTruth.toString());
    String categories = groundTruth.get("categories").toString();
    for (String other : List.of("train", "val")) {
      Files.writeString(
          root.resolve(other + ".json"),
          "{\"images\": [{\"id\": 1, \"file_name\": \""
              + other
              + ".png\"}], \"annotations\": [], \"categories\": "
              + categories
              + "}");
    }
    Files.copy(root.resolve("train.png"), root.resolve("val.png"));
    for (JsonNode image : groundTruth.get("images")) {
      Files.createFile(root.resolve(image.get("file_name").asText()));
    }
    return new CocoProvider()
        .openDetection(
            new CocoOptions(
                root.toString(), "train.json", "val.json", "test.json", ".", ".", ".", 64))
        .test();
  }

  private static DetectionScores scores(DetectionDataset test, JsonNode golden) {
    Map<Integer, String> names = new HashMap<>();
    for (JsonNode category : golden.get("groundTruth").get("categories")) {
      names.put(category.get("id").asInt(), category.get("name").asText());
    }
    List<Integer> ids = new ArrayList<>();
    JsonNode images = golden.get("groundTruth").get("images");
    List<List<Detection>> found = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      ids.add(images.get(i).get("id").asInt());
      found.add(new ArrayList<>());
    }
    for (JsonNode detection : golden.get("detections")) {
      JsonNode bbox = detection.get("bbox");
      double left = bbox.get(0).asDouble();
      double top = bbox.get(1).asDouble();
      found
          .get(ids.indexOf(detection.get("image_id").asInt()))
          .add(
              new Detection(
                  new Box(left, top, left + bbox.get(2).asDouble(), top + bbox.get(3).asDouble()),
                  test.classes().indexOf(names.get(detection.get("category_id").asInt())),
                  detection.get("score").asDouble()));
    }
    DetectionEvaluator evaluator = new DetectionEvaluator(test.classes());
    for (int i = 0; i < images.size(); i++) {
      evaluator.add(test.objects(i), found.get(i));
    }
    return evaluator.scores();
  }
}
