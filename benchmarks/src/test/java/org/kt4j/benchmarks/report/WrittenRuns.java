package org.kt4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

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
            + ", \"test-accuracy-last\": "
            + accuracy
            + ", \"test-accuracy-best\": "
            + (accuracy + 0.01)
            + ", \"best-epoch\": 1, \"held-out-accuracy-last\": 0.5, \"held-out-accuracy-best\": 0.6,"
            + " \"teacher-test-accuracy\": "
            + (taught ? "0.9" : "null")
            + ", \"agreement-last\": "
            + (taught ? "0.75" : "null")
            + ", \"parameters\": 1234, \"flops-per-image\": 5000000, \"training-seconds\": 50,"
            + " \"wall-seconds\": 65, \"peak-memory\": 1073741824,"
            + " \"classes\": [\"cat\", \"<dog>\"]}");
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
    return folder;
  }

  /** A run under way. */
  static Path begun(Path folder, String objective, long seed, int epochs, String data)
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
          .append("},\"objective\":1,\"train-accuracy\":0.5,\"held-out-accuracy\":" + accuracy)
          .append(",\"held-out-cross-entropy\":1,\"agreement\":null,\"images-per-second\":1000")
          .append(",\"seconds\":5,\"elapsed-seconds\":" + 6 * e + "}\n");
    }
    Files.writeString(folder.resolve("metrics.jsonl"), metrics);
    return folder;
  }

  static final String ALONE = "[{term: cross-entropy, weight: 1.0}]";
  static final String KD =
      "[{term: cross-entropy, weight: 1.0}, {term: kd, weight: 2.0, temperature: 4.0}]";
}
