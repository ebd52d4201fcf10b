package org.kt4j.speed;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;

/**
 * Whole trainings of a ResNet-8 on 10,000 pictures of CIFAR-10: without a teacher, with a live one,
 * and from knowledge of 1, 2, 4 and 8 views, filled from nothing. One seed; the wall time counts
 * steps and filling, not evaluation, which all of them do.
 */
final class TimeToAccuracy implements Section {

  private static final int[] PERCENT = {55, 60, 65, 70, 75};
  private static final int NO_TEACHER = -1;
  private static final int LIVE = 0;

  @Override
  public String name() {
    return "accuracy";
  }

  /** Adds up the time of filling. */
  private static final class Clock implements TrainingListener {

    private double fill;

    @Override
    public void filling(long done, long total, double seconds) {
      fill = seconds;
    }

    @Override
    public void epochDone(EpochMetrics metrics, int epochs, boolean best) {
      System.err.printf(
          Locale.ROOT,
          "  epoch %d of %d: %.2f %% held-out%n",
          metrics.epoch(),
          epochs,
          100 * metrics.heldOutScore());
    }
  }

  @Override
  public Outcome measure(Workbench bench) {
    Path pictures = bench.materials().cifar10();
    Path weights = bench.materials().npz();
    if (pictures == null || weights == null) {
      return Outcome.of(
          Figure.missing(
              name(), "wall time to an accuracy", "s", "needs --cifar10 FOLDER and --npz FILE"));
    }
    List<String> rows = new ArrayList<>();
    StringBuilder header = new StringBuilder("| teacher | fill, s | an epoch, s | all, s |");
    for (int percent : PERCENT) {
      header.append(" s to ").append(percent).append(" % |");
    }
    rows.add(header + " best held-out % | test %, last epoch |");
    rows.add("|---|" + "---:|".repeat(PERCENT.length + 5));
    for (int views : new int[] {NO_TEACHER, LIVE, 1, 2, 4, 8}) {
      try (TemporaryFolder folder = new TemporaryFolder()) {
        rows.add(row(bench, pictures, weights, views, folder.path()));
      }
    }
    return new Outcome(
        List.of(),
        List.of(
            "## Wall time to an accuracy\n\n"
                + "ResNet-8 on 10,000 pictures of CIFAR-10, 20 epochs, cosine schedule, seed "
                + Settings.SEED
                + "; cross-entropy + 50 NST (polynomial, stage3) + 1 KD (temperature 4) of the"
                + " imported ResNet-56. Seconds of steps and of filling, to the first epoch whose"
                + " accuracy on 1,000 held-out pictures reaches the mark.\n\n"
                + String.join("\n", rows)));
  }

  private static String row(Workbench bench, Path pictures, Path weights, int views, Path folder) {
    int epochs = bench.settings().quick() ? 1 : 20;
    String yaml =
        "data: {name: cifar-10, path: '"
            + pictures
            + "', train: 10000, held-out: 1000, test: 10000}\n"
            + "student: {network: resnet-8}\n"
            + (views == NO_TEACHER
                ? ""
                : "teacher: {network: resnet-56, weights: '"
                    + weights
                    + "', normalization: {mean: [0.485, 0.456, 0.406], std: [0.229, 0.224,"
                    + " 0.225]}}\n")
            + (views > 0
                ? "augmentation: {views: "
                    + views
                    + "}\ncache: {folder: '"
                    + folder.resolve("cache")
                    + "'}\n"
                : "")
            + "phases: [{name: distil, epochs: "
            + epochs
            + ", objective: [{term: cross-entropy}"
            + (views == NO_TEACHER
                ? ""
                : ", {term: nst, weight: 50, layers: {stage3: stage3}}, {term: kd}")
            + "]}]\n"
            + "schedule: {name: cosine, warm-up-epochs: 1}\n"
            + "seed: "
            + Settings.SEED;
    String who =
        views == NO_TEACHER
            ? "none"
            : views == LIVE ? "live, fresh augmentation" : "cached, K = " + views;
    System.err.println("  " + who);
    ExperimentConfig config = bench.reader().parse("benchmark", yaml);
    Clock clock = new Clock();
    RunPlan plan = new RunPlan(config, folder.resolve("run"), folder);
    RunResult result = bench.trainer().train(plan, clock);
    List<EpochMetrics> metrics = RunFolder.metrics(plan.folder());
    double steps = metrics.stream().mapToDouble(EpochMetrics::seconds).sum();
    StringBuilder row =
        new StringBuilder(
            String.format(
                Locale.ROOT,
                "| %s | %.0f | %.1f | %.0f |",
                who,
                clock.fill,
                steps / metrics.size(),
                clock.fill + steps));
    for (int percent : PERCENT) {
      OptionalDouble reached = secondsTo(percent / 100.0, metrics);
      row.append(
          reached.isEmpty()
              ? " never |"
              : String.format(Locale.ROOT, " %.0f |", clock.fill + reached.getAsDouble()));
    }
    double best = metrics.stream().mapToDouble(EpochMetrics::heldOutScore).max().orElseThrow();
    return row + String.format(Locale.ROOT, " %.2f | %.2f |", 100 * best, 100 * result.testLast());
  }

  private static OptionalDouble secondsTo(double accuracy, List<EpochMetrics> metrics) {
    double seconds = 0;
    for (EpochMetrics epoch : metrics) {
      seconds += epoch.seconds();
      if (epoch.heldOutScore() >= accuracy) {
        return OptionalDouble.of(seconds);
      }
    }
    return OptionalDouble.empty();
  }
}
