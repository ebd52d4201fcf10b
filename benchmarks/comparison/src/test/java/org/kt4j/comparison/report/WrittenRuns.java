package org.kt4j.comparison.report;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** Run folders written by hand, as the trainer would leave them. */
final class WrittenRuns {

  private WrittenRuns() {}

  /**
   * A complete run.
   *
   * @param objective of its only phase, in YAML
   * @param accuracy on 1,000 test pictures of two classes, after the last epoch
   * @param epochs lines of metrics
   */
  static Path complete(Path folder, String objective, long seed, double accuracy, int epochs)
      throws IOException {
    begun(folder, objective, seed, epochs, "shapes");
    boolean taught = objective.contains("kd");
    Files.writeString(
        folder.resolve("result.json"),
        "{\"epochs\": "
            + epochs
            + ", \"test-last\": "
            + accuracy
            + ", \"test-best\": "
            + (accuracy + 0.01)
            + ", \"best-epoch\": 1, \"held-out-last\": 0.5, \"held-out-best\": 0.6,"
            + " \"teacher-test\": "
            + (taught ? "0.9" : "null")
            + ", \"agreement-last\": "
            + (taught ? "0.75" : "null")
            + ", \"parameters\": 1234, \"flops-per-image\": 5000000, \"training-seconds\": 50,"
            + " \"wall-seconds\": 65, \"peak-memory\": 1073741824,"
            + " \"classes\": [\"cat\", \"<dog>\"], \"metric\": "
            + ACCURACY
            + "}");
    StringBuilder predictions =
        new StringBuilder("label,last,best" + (taught ? ",teacher\n" : "\n"));
    // The first class gets all the mistakes.
    long wrong = Math.round(1000 * (1 - accuracy));
    for (int i = 0; i < 1000; i++) {
      int label = i < 500 ? 0 : 1;
      int answer = i < wrong ? 1 - label : label;
      predictions.append(label).append(',').append(answer).append(',').append(answer);
      predictions.append(taught ? "," + label + "\n" : "\n");
    }
    Files.writeString(folder.resolve("predictions.csv"), predictions);
    double cats = 1 - wrong / 500.0;
    String teacher = taught ? "1.0" : "null";
    Files.writeString(
        folder.resolve("scores.json"),
        """
        {"score": "accuracy", "counted": "pictures", "overall": {}, "explanation": "", "classes": [
          {"name": "cat", "count": 500, "last": %s, "best": %s, "teacher": %s, "precision": []},
          {"name": "<dog>", "count": 500, "last": 1, "best": 1, "teacher": %s, "precision": []}]}
        """
            .formatted(cats, cats, teacher, teacher));
    return folder;
  }

  /**
   * A complete run of a detector, with two examples, a picture and a street. The precision of a
   * class falls in a straight line whose area is the average precision; where that is at least one
   * half it is also the precision at a recall of one half.
   *
   * @param averagePrecision of each class after the last epoch; their mean is mAP
   */
  static Path detector(
      Path folder, String objective, long seed, int epochs, double... averagePrecision)
      throws IOException {
    detectorBegun(folder, objective, seed, epochs);
    boolean taught = objective.contains("kd");
    double map = Arrays.stream(averagePrecision).average().orElseThrow();
    List<String> names = List.of("cat", "<dog>", "bird", "cow", "car", "bus", "boat", "train");
    List<String> classes = names.subList(0, averagePrecision.length);
    Files.writeString(
        folder.resolve("result.json"),
        "{\"epochs\": "
            + epochs
            + ", \"test-last\": "
            + map
            + ", \"test-best\": "
            + (map + 0.01)
            + ", \"best-epoch\": 1, \"held-out-last\": 0.5, \"held-out-best\": 0.6,"
            + " \"teacher-test\": "
            + (taught ? "0.85" : "null")
            + ", \"agreement-last\": null, \"parameters\": 1234, \"flops-per-image\": 5000000,"
            + " \"training-seconds\": 50, \"wall-seconds\": 65, \"peak-memory\": 1073741824,"
            + " \"classes\": [\""
            + String.join("\", \"", classes)
            + "\"], \"metric\": "
            + MAP
            + "}");
    List<String> scores = new ArrayList<>();
    for (int k = 0; k < averagePrecision.length; k++) {
      double area = averagePrecision[k];
      String precision =
          IntStream.rangeClosed(0, 100)
              .mapToDouble(
                  r ->
                      area < 0.5
                          ? Math.max(0, 1 - r / 100.0 / (2 * area))
                          : 1 - 2 * (1 - area) * r / 100.0)
              .mapToObj(Double::toString)
              .collect(Collectors.joining(","));
      scores.add(
          "{\"name\": \""
              + names.get(k)
              + "\", \"count\": "
              + (1000 + k)
              + ", \"last\": "
              + area
              + ", \"best\": "
              + (area + 0.01)
              + ", \"teacher\": "
              + (taught ? Double.toString(0.9 - 0.1 * (k % 2)) : "null")
              + ", \"precision\": ["
              + precision
              + "]}");
    }
    Files.writeString(
        folder.resolve("scores.json"),
        "{\"score\": \"AP\", \"counted\": \"objects\", \"explanation\": \"AP50 is at an IoU of 0.5.\","
            + " \"overall\": {\"mAP, VOC 2007\": "
            + (map - 0.02)
            + ", \"AP\": "
            + map / 2
            + ", \"AP50\": "
            + map
            + (taught ? ", \"AP small\": 0.1" : "")
            + "}, \"classes\": ["
            + String.join(", ", scores)
            + "]}");
    picture(folder, "picture", seed);
    picture(folder, "street", seed + 1);
    return folder;
  }

  /** A detector's run under way: it has no score on training pictures. */
  static Path detectorBegun(Path folder, String objective, long seed, int epochs)
      throws IOException {
    task(folder, DETECTION);
    epochs(folder, objective, seed, epochs, "shapes");
    Path metrics = folder.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        Files.readString(metrics)
            .replace("\"train-score\":0.5,", "\"train-score\":null,")
            .replace("\"held-out\":{\"cross-entropy\":1}", "\"held-out\":{}"));
    return folder;
  }

  /**
   * A complete run of a task that this repository does not have: it estimates depth, its error is
   * no share, and the smaller the better. It has no classes.
   *
   * @param error on the test pictures after the last epoch; on the held-out ones it is the same
   */
  static Path depth(Path folder, String objective, long seed, double error) throws IOException {
    task(folder, DEPTH);
    epochs(folder, objective, seed, 1, "shapes");
    boolean taught = objective.contains("kd");
    Files.writeString(
        folder.resolve("metrics.jsonl"),
        "{\"epoch\":1,\"phase\":\"p\",\"steps\":10,\"learning-rate\":0.1,\"terms\":{\"cross-entropy\":2},"
            + "\"objective\":2,\"train-score\":null,\"held-out-score\":"
            + error
            + ",\"held-out\":{},\"agreement\":null,\"images-per-second\":1000,\"seconds\":5,"
            + "\"elapsed-seconds\":6}\n");
    Files.writeString(
        folder.resolve("result.json"),
        "{\"epochs\": 1, \"test-last\": "
            + error
            + ", \"test-best\": "
            + error
            + ", \"best-epoch\": 1, \"held-out-last\": "
            + error
            + ", \"held-out-best\": "
            + error
            + ", \"teacher-test\": "
            + (taught ? "2.0" : "null")
            + ", \"agreement-last\": null, \"parameters\": 1234, \"flops-per-image\": 5000000,"
            + " \"training-seconds\": 50, \"wall-seconds\": 65, \"peak-memory\": null,"
            + " \"classes\": [], \"pictures\": null, \"metric\": "
            + RMSE
            + "}");
    return folder;
  }

  /** Takes from a classifier's run what folders of older versions lack, and renames the rest. */
  static Path older(Path run) throws IOException {
    Files.delete(run.resolve("task.json"));
    Files.delete(run.resolve("scores.json"));
    Path result = run.resolve("result.json");
    Files.writeString(
        result,
        Files.readString(result)
            .replace("\"test-last\"", "\"test-accuracy-last\"")
            .replace("\"test-best\"", "\"test-accuracy-best\"")
            .replace("\"held-out-last\"", "\"held-out-accuracy-last\"")
            .replace("\"held-out-best\"", "\"held-out-accuracy-best\"")
            .replace("\"teacher-test\"", "\"teacher-test-accuracy\"")
            .replace(", \"metric\": " + ACCURACY, ""));
    Path metrics = run.resolve("metrics.jsonl");
    Files.writeString(
        metrics,
        Files.readString(metrics)
            .replace("\"train-score\"", "\"train-accuracy\"")
            .replace("\"held-out-score\"", "\"held-out-accuracy\"")
            .replace("\"held-out\":{\"cross-entropy\":1}", "\"held-out-cross-entropy\":1"));
    return run;
  }

  /** A yard with a box. */
  private static void picture(Path run, String name, long seed) throws IOException {
    Files.createDirectories(run.resolve("examples"));
    BufferedImage picture = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = picture.createGraphics();
    pen.setColor(new Color(150, 190, 220));
    pen.fillRect(0, 0, 320, 140);
    pen.setColor(new Color(110, 140, 90));
    pen.fillRect(0, 140, 320, 100);
    pen.setColor(new Color(120, 60, 40));
    pen.fillRect(100 + 10 * (int) seed, 100, 60, 70);
    pen.setColor(Color.YELLOW);
    pen.drawRect(98 + 10 * (int) seed, 97, 66, 76);
    pen.dispose();
    ImageIO.write(picture, "png", run.resolve("examples").resolve(name + ".png").toFile());
  }

  /** A classifier's run under way. */
  static Path begun(Path folder, String objective, long seed, int epochs, String data)
      throws IOException {
    task(folder, CLASSIFICATION);
    return epochs(folder, objective, seed, epochs, data);
  }

  private static void task(Path folder, String facts) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("task.json"), facts);
  }

  private static Path epochs(Path folder, String objective, long seed, int epochs, String data)
      throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.yaml"),
        "data: {name: "
            + data
            + ", train: 4000}\nstudent: {network: resnet-8}\nphases:\n- {name: p, epochs: "
            + epochs
            + ", objective: "
            + objective
            + "}\nseed: "
            + seed
            + "\n");
    Files.writeString(
        folder.resolve("environment.json"),
        "{\"started\": \"2026-01-01T00:00:00Z\", \"tensorflow\": \"2.18.0\", \"java\": \"17\","
            + " \"system\": \"Linux amd64\", \"cores\": 2, \"one-dnn\": true}");
    Random random = new Random(seed);
    StringBuilder metrics = new StringBuilder();
    for (int e = 1; e <= epochs; e++) {
      double accuracy = 0.5 + 0.3 * e / epochs + 0.02 * random.nextDouble();
      metrics
          .append("{\"epoch\":" + e + ",\"phase\":\"p\",\"steps\":" + 10 * e)
          .append(",\"learning-rate\":0.1,\"terms\":{\"cross-entropy\":" + 2.0 / e)
          .append(objective.contains("kd") ? ",\"kd\":" + 3.0 / e : "")
          .append("},\"objective\":1,\"train-score\":0.5,\"held-out-score\":" + accuracy)
          .append(",\"held-out\":{\"cross-entropy\":1},\"agreement\":null")
          .append(",\"images-per-second\":1000")
          .append(",\"seconds\":5,\"elapsed-seconds\":" + 6 * e + "}\n");
    }
    Files.writeString(folder.resolve("metrics.jsonl"), metrics);
    return folder;
  }

  private static final String ACCURACY =
      "{\"name\": \"accuracy\", \"share\": true, \"larger-is-better\": true, \"explanation\": \"\"}";
  private static final String MAP =
      "{\"name\": \"mAP\", \"share\": true, \"larger-is-better\": true, \"explanation\":"
          + " \"mAP is the mean over the classes of average precision.\"}";
  private static final String RMSE =
      "{\"name\": \"RMSE\", \"share\": false, \"larger-is-better\": false, \"explanation\":"
          + " \"RMSE is the root of the mean squared error, in metres.\"}";

  private static final String CLASSIFICATION =
      "{\"name\": \"classification\", \"metric\": "
          + ACCURACY
          + ", \"label-terms\": [\"cross-entropy\"]}";
  private static final String DETECTION =
      "{\"name\": \"detection\", \"metric\": "
          + MAP
          + ", \"label-terms\": [\"cross-entropy\", \"rpn-box\"]}";
  private static final String DEPTH =
      "{\"name\": \"depth\", \"metric\": " + RMSE + ", \"label-terms\": [\"cross-entropy\"]}";

  static final String ALONE = "[{term: cross-entropy, weight: 1.0}]";
  static final String KD =
      "[{term: cross-entropy, weight: 1.0}, {term: kd, weight: 2.0, temperature: 4.0}]";
}
