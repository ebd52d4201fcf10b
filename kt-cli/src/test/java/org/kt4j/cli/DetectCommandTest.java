package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectCommandTest {

  @TempDir private static Path folder;
  private static Path run;
  private static Path picture;
  private static CommandRun training;

  @BeforeAll
  static void train_a_detector() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("detector.yaml"),
            """
            data: {name: shapes-detection, train: 24, held-out: 8, test: 8, height: 64, width: 96}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-10, width: 8}
              height: 64
              width: 96
              anchor-scales: [24, 40]
              rpn-channels: 16
              head-units: 16
              candidates: 60
              proposals: 16
              sampled-anchors: 16
              sampled-regions: 8
              score-threshold: 0.01
            batch-size: 4
            phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}]}]
            optimizer: {name: sgd, learning-rate: 0.01, momentum: 0.9, clip-norm: 10}
            """);
    run = folder.resolve("run");
    training = kt("train", config, "--out", run);
    picture = folder.resolve("noise.png");
    BufferedImage noise = new BufferedImage(150, 80, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 150 * 80; i++) {
      noise.setRGB(i % 150, i / 150, i * 2_654_435);
    }
    ImageIO.write(noise, "png", picture.toFile());
  }

  @Test
  void training_tells_the_score_in_the_words_of_detection() {
    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains("complete   mAP ", " % on the test pictures after epoch ", "test mAP %")
        .containsPattern("\nfaster-rcnn +[0-9.]+ ");
  }

  @Test
  void evaluating_gives_every_figure_and_every_class() {
    CommandRun evaluated = kt("evaluate", run, "--split", "held-out");

    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    assertThat(evaluated.out())
        .contains("mAP  ", "VOC 2007, 11 points", "AP50", "triangle", "heart", "objects");
  }

  @Test
  void what_is_found_is_told_and_drawn() throws IOException {
    Path drawn = folder.resolve("drawn");

    CommandRun found = kt("detect", run, picture, "--threshold", "0.01", "--out", drawn);

    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(found.out()).contains("noise.png", "pictures with boxes: " + drawn);
    BufferedImage image = ImageIO.read(drawn.resolve("noise.png").toFile());
    assertThat(image.getWidth()).isEqualTo(150);
    assertThat(image.getHeight()).isEqualTo(80);
  }

  @Test
  void pictures_of_one_name_from_two_folders_are_both_kept() throws IOException {
    Path other = Files.createDirectories(folder.resolve("other")).resolve("noise.png");
    Files.copy(picture, other);
    Path drawn = folder.resolve("both");

    CommandRun found = kt("detect", run, picture, other, "--out", drawn);

    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(drawn).isDirectoryContaining("glob:**/noise.png");
    assertThat(drawn).isDirectoryContaining("glob:**/noise-2.png");
  }

  @Test
  void json_holds_boxes_within_the_picture() throws IOException {
    CommandRun found = kt("detect", run, picture, "--threshold", "0", "--json");

    assertThat(found.exitCode()).as(found.err()).isZero();
    JsonNode pictures = new ObjectMapper().readTree(found.out());
    assertThat(pictures).hasSize(1);
    assertThat(pictures.get(0).path("width").asInt()).isEqualTo(150);
    JsonNode objects = pictures.get(0).path("objects");
    assertThat(objects).isNotEmpty();
    for (JsonNode object : objects) {
      assertThat(object.path("class").asText()).isIn("triangle", "cross", "ring", "heart");
      assertThat(object.path("score").asDouble()).isBetween(0.01, 1.0);
      assertThat(object.path("x-min").asDouble()).isBetween(0.0, object.path("x-max").asDouble());
      assertThat(object.path("x-max").asDouble()).isLessThanOrEqualTo(150.01);
      assertThat(object.path("y-max").asDouble()).isLessThanOrEqualTo(80.01);
    }
  }

  @Test
  void a_file_that_is_no_picture_is_told_and_the_others_go_on() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");

    CommandRun found = kt("detect", run, text, picture, "--json");

    assertThat(found.exitCode()).isEqualTo(1);
    assertThat(found.err()).contains("text.jpg: cannot be read");
    assertThat(found.out()).contains("noise.png").doesNotContain("text.jpg");
  }

  @Test
  void what_is_not_there_is_bad_input() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));

    CommandRun noRun = kt("detect", folder.resolve("nowhere"), picture);
    CommandRun noPicture = kt("detect", run, folder.resolve("none.jpg"));
    CommandRun noPictures = kt("detect", run, empty);
    CommandRun noShare = kt("detect", run, picture, "--threshold", "2");

    assertThat(noRun.exitCode()).isEqualTo(2);
    assertThat(noRun.err()).contains("holds no run");
    assertThat(noPicture.exitCode()).isEqualTo(2);
    assertThat(noPicture.err()).contains("there is no such file");
    assertThat(noPictures.exitCode()).isEqualTo(2);
    assertThat(noPictures.err()).contains("holds no .jpg, .jpeg or .png file");
    assertThat(noShare.exitCode()).isEqualTo(2);
    assertThat(noShare.err()).contains("--threshold: 2.0 is not allowed");
  }

  @Test
  void a_detector_has_no_figures_of_neurons_yet() {
    CommandRun figures = kt("visualize", run);

    assertThat(figures.exitCode()).isEqualTo(2);
    assertThat(figures.err()).contains("detector");
  }
}
