package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;

/**
 * Pictures a second of two workers with one thread each, against one worker with one thread, in
 * trainings by {@code kt train} that take turns. The first epoch of each, in which graphs are
 * prepared, is left out.
 */
final class WorkerThroughput implements Section {

  /** Pictures in a step of each worker. */
  static final int OF_WORKER = 64;

  private static final String RATIO = "pictures a second, two workers over one";

  private static final String NETWORK = "resnet-20";

  private final @Nullable KtCommand kt;

  /**
   * By a command.
   *
   * @param kt null when its place is not given
   */
  WorkerThroughput(@Nullable KtCommand kt) {
    this.kt = kt;
  }

  @Override
  public String name() {
    return "training";
  }

  @Override
  public Outcome measure(Workbench bench) {
    KtCommand command = kt;
    if (command == null) {
      return Outcome.of(
          Figure.missing(name(), RATIO, "", "run by benchmarks/run, which knows where kt is"));
    }
    boolean quick = bench.settings().quick();
    int rounds = quick ? 1 : 3;
    double[] one = new double[rounds];
    double[] two = new double[rounds];
    double[] ratios = new double[rounds];
    for (int r = 0; r < rounds; r++) {
      one[r] = speed(command, 1, quick);
      two[r] = speed(command, 2, quick);
      ratios[r] = two[r] / one[r];
    }
    return Outcome.of(
        Figure.of(name(), RATIO, "", new Samples(ratios)).wanted(Figure.Target.atLeast(1.8)),
        Figure.of(name(), "pictures a second, one worker", "", new Samples(one)),
        Figure.of(name(), "pictures a second, two workers", "", new Samples(two)));
  }

  private double speed(KtCommand command, int workers, boolean quick) {
    int steps = quick ? 2 : 8;
    String config =
        String.format(
            Locale.ROOT,
            """
            data: {name: shapes, train: %d, held-out: 32, test: 32}
            student: {network: %s}
            batch-size: %d
            phases: [{name: p, epochs: %d, objective: [{term: cross-entropy}]}]
            """,
            32 + steps * workers * OF_WORKER,
            NETWORK,
            workers * OF_WORKER,
            quick ? 2 : 5);
    try (TemporaryFolder folder = new TemporaryFolder()) {
      Path run = folder.path().resolve("run");
      Path file = Files.writeString(folder.path().resolve("c.yaml"), config);
      int status =
          command.run(
              // One thread for each worker, however many cores there are.
              Map.of(
                  "JAVA_TOOL_OPTIONS",
                  "-XX:ActiveProcessorCount=" + workers,
                  "TF_NUM_INTRAOP_THREADS",
                  "1",
                  "TF_NUM_INTEROP_THREADS",
                  "1",
                  "OMP_NUM_THREADS",
                  "1"),
              "train",
              file.toString(),
              "--out",
              run.toString(),
              "--workers",
              Integer.toString(workers));
      if (status != 0) {
        throw new IOException("kt train --workers " + workers + " ended with status " + status);
      }
      List<EpochMetrics> epochs = RunFolder.metrics(run);
      return new Samples(
              epochs.stream().skip(1).mapToDouble(EpochMetrics::imagesPerSecond).toArray())
          .median();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
