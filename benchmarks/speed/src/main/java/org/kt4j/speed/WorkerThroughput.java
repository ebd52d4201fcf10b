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
 * trainings that take turns. The first epoch of each, in which graphs are prepared, is left out.
 */
final class WorkerThroughput implements Section {

  /** Pictures in a step of each worker. */
  private static final int OF_WORKER = 64;

  private static final String RATIO = "pictures a second, two workers over one";

  private final @Nullable KtCommand kt;
  private final String network;
  private final int size;
  private final @Nullable Double target;

  /**
   * Of one network.
   *
   * @param kt the command; null when its place is not given
   * @param size of the pictures
   * @param target the least ratio; null without one
   */
  WorkerThroughput(@Nullable KtCommand kt, String network, int size, @Nullable Double target) {
    this.kt = kt;
    this.network = network;
    this.size = size;
    this.target = target;
  }

  @Override
  public String name() {
    return network;
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
    Figure ratio = Figure.of(name(), RATIO, "", new Samples(ratios));
    return Outcome.of(
        target == null ? ratio : ratio.wanted(Figure.Target.atLeast(target)),
        Figure.of(name(), "pictures a second, one worker", "", new Samples(one)),
        Figure.of(name(), "pictures a second, two workers", "", new Samples(two)));
  }

  private double speed(KtCommand command, int workers, boolean quick) {
    int steps = quick ? 2 : 8;
    String config =
        String.format(
            Locale.ROOT,
            """
            data: {name: shapes, train: %d, held-out: 32, test: 32, size: %d}
            student: {network: %s}
            batch-size: %d
            phases: [{name: p, epochs: %d, objective: [{term: cross-entropy}]}]
            """,
            32 + steps * workers * OF_WORKER,
            size,
            network,
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
