package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Picture;
import org.kt4j.detection.export.ExportedDetector;

/**
 * A small detector of shapes with its ONNX exports, for programs of others.
 *
 * @param run the folder of the run
 */
record ServedDetector(Path run) {

  /**
   * Something that a detector has found.
   *
   * @param box left, top, right and bottom in pixels
   */
  record Found(String name, double score, List<Double> box) {

    /** How far the edges of two boxes are apart at most. */
    double apart(Found other) {
      double apart = 0;
      for (int edge = 0; edge < 4; edge++) {
        apart = Math.max(apart, Math.abs(box.get(edge) - other.box.get(edge)));
      }
      return apart;
    }
  }

  /** Trains it, in some seconds, which is not long enough for it to find anything. */
  static ServedDetector trained(Path folder) throws IOException {
    Path run = folder.resolve("detector");
    Path config = Files.writeString(folder.resolve("detector.yaml"), SmallExperiments.DETECTOR);
    done(kt("train", config, "--out", run));
    done(kt("export", run, "--format", "onnx"));
    done(kt("export", run, "--int8", "--calibration", "8", "--allowed-loss", "100"));
    return new ServedDetector(run);
  }

  private static String done(CommandRun command) {
    assertThat(command.exitCode()).as(command.err()).isZero();
    return command.out();
  }

  /** What {@code kt predict} says. */
  List<Found> answer(Path picture) throws IOException {
    List<Found> found = new ArrayList<>();
    String json = done(kt("predict", run, picture, "--json", "--threshold", "0", "--top", "1000"));
    for (JsonNode each : new ObjectMapper().readTree(json).path(0).path("objects")) {
      found.add(
          new Found(
              each.path("class").asText(),
              each.path("score").asDouble(),
              List.of(
                  each.path("x-min").asDouble(),
                  each.path("y-min").asDouble(),
                  each.path("x-max").asDouble(),
                  each.path("y-max").asDouble())));
    }
    return found;
  }

  /** What ONNX Runtime's Java binding says, with an export. */
  List<Found> inJava(String export, Path picture) throws IOException {
    Path folder = run.resolve(export);
    List<String> classes = ExportedDetector.classes(folder);
    try (ExportedDetector detector = ExportedDetector.open(folder)) {
      return detector.detect(Picture.read(picture)).stream()
          .map(
              each ->
                  new Found(
                      classes.get(each.label()),
                      each.score(),
                      List.of(
                          each.box().xMin(),
                          each.box().yMin(),
                          each.box().xMax(),
                          each.box().yMax())))
          .toList();
    }
  }

  /** The share of objects that another has found as well, in whatever order. */
  static double agreement(List<Found> found, List<Found> other, double pixels, double score) {
    long both =
        found.stream()
            .filter(
                each ->
                    other.stream()
                        .anyMatch(
                            one ->
                                one.name().equals(each.name())
                                    && one.apart(each) < pixels
                                    && Math.abs(one.score() - each.score()) < score))
            .count();
    return (double) both / Math.max(found.size(), other.size());
  }
}
