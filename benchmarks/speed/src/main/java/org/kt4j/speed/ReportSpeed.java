package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The report over many runs, whose files are made up here: ten methods with ten seeds. */
final class ReportSpeed implements Section {

  private static final int METHODS = 10;
  private static final int SEEDS = 10;
  private static final int EPOCHS = 100;
  private static final int PICTURES = 10_000;
  private static final String TIME = "kt report over 100 runs of 100 epochs";

  private final @Nullable KtCommand kt;

  /**
   * Of one command.
   *
   * @param kt the command; null when its place is not given
   */
  ReportSpeed(@Nullable KtCommand kt) {
    this.kt = kt;
  }

  @Override
  public String name() {
    return "report";
  }

  @Override
  public Outcome measure(Workbench bench) {
    KtCommand command = kt;
    if (command == null) {
      return Outcome.of(
          Figure.missing(name(), TIME, "s", "run by benchmarks/run, which knows where kt is"));
    }
    try (TemporaryFolder folder = new TemporaryFolder()) {
      write(folder.path());
      // Builds what is missing, fills the disk cache.
      command.seconds("report", folder.path().toString());
      double[] seconds = new double[bench.settings().starts()];
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = command.seconds("report", folder.path().toString());
      }
      return Outcome.of(
          Figure.of(name(), TIME, "s", new Samples(seconds)).wanted(Figure.Target.atMost(5)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Path folder) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int m = 0; m < METHODS; m++) {
      rows.append(m == 0 ? "" : ",").append("{\"method\": \"method ").append(m);
      rows.append("\", \"runs\": [");
      for (int s = 0; s < SEEDS; s++) {
        Path run = Files.createDirectories(folder.resolve("m" + m).resolve("seed-" + s));
        rows.append(s == 0 ? "" : ",").append("{\"seed\": ").append(s).append(", \"folder\": \"");
        rows.append(folder.relativize(run)).append("\", \"failure\": null}");
        write(run, m, s);
      }
      rows.append("]}");
    }
    Files.writeString(
        folder.resolve("suite.json"),
        "{\"name\": \"made up\", \"source\": \"suite.yaml\", \"tables\": [{\"setting\": \"\","
            + " \"rows\": ["
            + rows
            + "]}]}");
  }

  private static void write(Path run, int method, int seed) throws IOException {
    Random random = new Random(100L * method + seed);
    Files.writeString(
        run.resolve("config.yaml"),
        "data: {name: cifar-10}\nstudent: {network: resnet-8}\nphases:\n- {name: p, epochs: 100,"
            + " objective: [{term: cross-entropy}, {term: kd, temperature: "
            + (method + 1)
            + "}]}\nseed: "
            + seed
            + "\n");
    Files.writeString(
        run.resolve("result.json"),
        "{\"epochs\": 100, \"test-accuracy-last\": "
            + (0.6 + 0.01 * method + 0.01 * random.nextDouble())
            + ", \"test-accuracy-best\": 0.7, \"best-epoch\": 99, \"held-out-accuracy-last\": 0.7,"
            + " \"held-out-accuracy-best\": 0.7, \"teacher-test-accuracy\": 0.9,"
            + " \"agreement-last\": 0.8, \"parameters\": 1, \"flops-per-image\": 1,"
            + " \"training-seconds\": 100, \"wall-seconds\": 110, \"peak-memory\": 1000000000,"
            + " \"classes\": [\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}");
    StringBuilder metrics = new StringBuilder();
    for (int e = 1; e <= EPOCHS; e++) {
      metrics
          .append("{\"epoch\":" + e + ",\"phase\":\"p\",\"steps\":" + 100 * e)
          .append(",\"learning-rate\":0.1,\"terms\":{\"cross-entropy\":" + random.nextDouble())
          .append(",\"kd\":" + random.nextDouble() + "},\"objective\":1.0,\"train-accuracy\":0.5")
          .append(",\"held-out-accuracy\":" + random.nextDouble())
          .append(",\"held-out-cross-entropy\":1.0,\"agreement\":0.8,\"images-per-second\":1000.0")
          .append(",\"seconds\":1.0,\"elapsed-seconds\":" + 1.1 * e + "}\n");
    }
    Files.writeString(run.resolve("metrics.jsonl"), metrics);
    StringBuilder predictions = new StringBuilder("label,last,best,teacher\n");
    for (int i = 0; i < PICTURES; i++) {
      predictions.append(i % 10).append(',').append(random.nextInt(10)).append(',');
      predictions.append(random.nextInt(10)).append(',').append(random.nextInt(10)).append('\n');
    }
    Files.writeString(run.resolve("predictions.csv"), predictions);
  }
}
