package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Picture;
import org.kt4j.data.ShapesOptions;
import org.kt4j.data.ShapesProvider;

/**
 * A small classifier of shapes with its ONNX exports, pictures, and what the run says of them, for
 * programs of others.
 *
 * @param run the folder of the run
 * @param pictures PNG files of many sizes and forms
 * @param answers of the run, by picture and class
 */
record ServedStudent(Path run, List<Path> pictures, Map<Path, Map<String, Double>> answers) {

  private static final String CONFIG =
      """
      data: {name: shapes, train: 1040, held-out: 40, test: 40, size: 16}
      student: {network: resnet-8, width: 8}
      batch-size: 32
      phases: [{name: alone, epochs: 4, objective: [{term: cross-entropy}]}]
      """;

  /** Width and height. */
  private static final int[][] SIZES = {
    {16, 16},
    {16, 16},
    {16, 16},
    {16, 16},
    {32, 32},
    {64, 64},
    {333, 500},
    {500, 333},
    {100, 20},
    {20, 100},
    {37, 9},
    {9, 37},
    {17, 16},
    {15, 13},
    {8, 8},
    {5, 7},
    {1, 1},
    {224, 224},
    {640, 480},
    {48, 31}
  };

  /** Trains it, in some seconds. */
  static ServedStudent trained(Path folder) throws IOException {
    Path run = folder.resolve("run");
    Path config = Files.writeString(folder.resolve("student.yaml"), CONFIG);
    done(kt("train", config, "--out", run));
    done(kt("export", run, "--format", "onnx"));
    done(kt("export", run, "--int8", "--allowed-loss", "10"));
    List<Path> pictures = pictures(Files.createDirectories(folder.resolve("pictures")));
    return new ServedStudent(run, pictures, answers(run, pictures));
  }

  private static String done(CommandRun command) {
    assertThat(command.exitCode()).as(command.err()).isZero();
    return command.out();
  }

  /** What {@code kt predict} says. */
  private static Map<Path, Map<String, Double>> answers(Path run, List<Path> pictures)
      throws IOException {
    List<Object> words = new ArrayList<>(List.of("predict", run, "--json", "--top", "10"));
    words.addAll(pictures);
    Map<Path, Map<String, Double>> answers = new LinkedHashMap<>();
    for (JsonNode answer : new ObjectMapper().readTree(done(kt(words.toArray())))) {
      Map<String, Double> byClass = new LinkedHashMap<>();
      answer
          .path("classes")
          .forEach(
              each ->
                  byClass.put(each.path("class").asText(), each.path("probability").asDouble()));
      answers.put(Path.of(answer.path("picture").asText()), byClass);
    }
    return answers;
  }

  private static List<Path> pictures(Path folder) throws IOException {
    ImageDataset shapes =
        new ShapesProvider().open(new ShapesOptions(1, SIZES.length, 0, 128, 5)).test();
    int side = shapes.shape().width();
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < SIZES.length; i++) {
      byte[] pixels = new byte[shapes.shape().bytes()];
      shapes.copyImage(i, pixels, 0);
      BufferedImage shape = new Picture(side, side, pixels).image();
      files.add(
          written(
              drawn(shape, SIZES[i][0], SIZES[i][1], form(i)),
              folder.resolve(String.format(Locale.ROOT, "p%02d.png", i))));
    }
    return files;
  }

  /** Mostly colours; grey, a palette and one side transparent as well. */
  private static int form(int picture) {
    return switch (picture) {
      case 3, 8 -> BufferedImage.TYPE_BYTE_GRAY;
      case 2, 7 -> BufferedImage.TYPE_BYTE_INDEXED;
      case 1, 5, 19 -> BufferedImage.TYPE_INT_ARGB;
      default -> BufferedImage.TYPE_INT_RGB;
    };
  }

  private static BufferedImage drawn(BufferedImage shape, int width, int height, int form) {
    BufferedImage image = new BufferedImage(width, height, form);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(shape, 0, 0, width, height, null);
    graphics.dispose();
    if (form == BufferedImage.TYPE_INT_ARGB) {
      for (int x = 0; x < width; x++) {
        for (int y = 0; y < height; y++) {
          image.setRGB(x, y, (image.getRGB(x, y) & 0xFFFFFF) | (255 * x / width) << 24);
        }
      }
    }
    return image;
  }

  private static Path written(BufferedImage image, Path file) throws IOException {
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
    return file;
  }

  Path export(String name) {
    return run.resolve(name);
  }

  /** Writes a further export. */
  void export(String name, String... options) {
    List<Object> words = new ArrayList<>(List.of("export", run, export(name)));
    words.addAll(List.of(options));
    done(kt(words.toArray()));
  }

  /** What ONNX Runtime's Java binding says of pictures, with an export; by picture and class. */
  Map<Path, Map<String, Double>> inJava(String export, List<Path> files) throws IOException {
    Map<Path, Map<String, Double>> answers = new LinkedHashMap<>();
    try (ExportedClassifier classifier = ExportedClassifier.open(export(export))) {
      for (Path file : files) {
        Picture read = Picture.read(file);
        float[] probabilities =
            classifier.output("probabilities", read.pixels(), 1, read.height(), read.width());
        Map<String, Double> byClass = new LinkedHashMap<>();
        for (int k = 0; k < probabilities.length; k++) {
          byClass.put(classifier.classes().get(k), (double) probabilities[k]);
        }
        answers.put(file, byClass);
      }
    }
    return answers;
  }

  /** The class that is the likeliest. */
  static String best(Map<String, Double> answer) {
    return answer.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .orElseThrow();
  }

  /** How far the probabilities of two answers are apart at most, over the classes of the first. */
  static double distance(Map<String, Double> answer, Map<String, Double> other) {
    return answer.entrySet().stream()
        .mapToDouble(each -> Math.abs(each.getValue() - other.getOrDefault(each.getKey(), -9.0)))
        .max()
        .orElseThrow();
  }

  /** The root of the checkout. */
  static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Path::getParent)
        .filter(folder -> Files.exists(folder.resolve("docs/serving")))
        .findFirst()
        .orElseThrow();
  }
}
