package org.kt4j.cli;

import org.kt4j.data.Split;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.training.Detector;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.classification.Classifier;
import org.kt4j.classification.FrozenClassifier;
import org.kt4j.classification.Evaluation;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.training.Trainer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt evaluate}. */
@Command(
    name = "evaluate",
    sortOptions = false,
    description = "Try a trained student, or a teacher, on pictures.")
final class EvaluateCommand implements Callable<Integer> {

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(
      index = "0",
      paramLabel = "RUN|CONFIG",
      description = "A run folder, or a configuration whose run is in its usual folder.")
  private @Nullable Path target;

  @Option(names = "--teacher", description = "The teachers of the configuration, not its student.")
  private boolean teacher;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Split split = Split.TEST;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description = "Of the student: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Mixin private ExperimentFile experiment = new ExperimentFile();

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description = "Where runs are that have no folder of their own: ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  EvaluateCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path given = Objects.requireNonNull(target, "picocli sees to it");
    boolean isRun = Files.isDirectory(given);
    ExperimentConfig config = isRun ? ofRun(given) : ofFile(given);
    Trainer trainer = installed.trainer();
    Path run = isRun ? given : trainer.folder(runs, given, config);
    if (teacher && config.allTeachers().isEmpty()) {
      throw new BadInputException(given + ": has no teacher");
    }
    if (DetectionRun.isOne(config)) {
      if (teacher) {
        throw new BadInputException(
            "--teacher: not for detectors; fix: evaluate the teacher's own run");
      }
      requireTrained(given, isRun, run);
      detect(new DetectionRun(config, run, trainer.known()));
      return 0;
    }
    DataSplits data = trainer.data(config);
    if (teacher) {
      trainer.teachers(
          config,
          data,
          runs,
          (source, classifier) -> evaluate("teacher, " + source, classifier, split.of(data)));
    } else {
      requireTrained(given, isRun, run);
      String name = config.student().network() + " of " + run;
      try (FrozenClassifier classifier = trainer.trained(config, data, run, which).open()) {
        evaluate(
            name + ", " + which.name().toLowerCase(Locale.ROOT) + " checkpoint",
            classifier,
            split.of(data));
      }
    }
    return 0;
  }

  private static void requireTrained(Path given, boolean isRun, Path run) {
    if (!isRun && !Files.exists(RunFolder.config(run))) {
      throw new BadInputException(
          given + ": is not trained yet (there is no " + run + "); fix: kt train " + given);
    }
  }

  private void detect(DetectionRun run) {
    DetectionSplits data = run.data();
    DetectionDataset pictures =
        switch (split) {
          case TRAIN -> data.train();
          case HELD_OUT -> data.heldOut();
          case TEST -> data.test();
        };
    terminal.line(
        "network        "
            + run.config().student().network()
            + " of "
            + run.folder()
            + ", "
            + which.name().toLowerCase(Locale.ROOT)
            + " checkpoint");
    terminal.line("pictures       " + pictures.name() + ", " + NumberFormats.count(pictures.size()));
    long began = System.nanoTime();
    DetectionScores scores;
    try (Detector detector = run.detector(which);
        ProgressLine line = new ProgressLine(terminal, "evaluating", pictures.size())) {
      scores =
          DetectionRun.evaluate(
              detector,
              pictures,
              done ->
                  line.at(
                      done,
                      NumberFormats.speed(done / ((System.nanoTime() - began) / 1e9)) + " images/s"));
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    terminal.line("mAP            " + NumberFormats.percent(scores.vocArea()) + ", IoU 0.5, by area");
    terminal.line("               " + NumberFormats.percent(scores.voc2007()) + ", VOC 2007, 11 points");
    terminal.line(
        "AP             "
            + NumberFormats.percent(scores.coco())
            + ", IoU 0.50 to 0.95; AP50 "
            + NumberFormats.percent(scores.coco50())
            + ", AP75 "
            + NumberFormats.percent(scores.coco75()));
    for (DetectionScores.ClassScores each : scores.classes()) {
      terminal.line(
          String.format(
              Locale.ROOT,
              "  %-20s %s of %s objects",
              each.name(),
              NumberFormats.percent(each.vocArea()),
              NumberFormats.count(each.objects())));
    }
    terminal.line("speed          " + NumberFormats.speed(pictures.size() / seconds) + " images/s");
  }

  private ExperimentConfig ofRun(Path run) {
    ExperimentConfig config = installed.configOf(run, "the folder of a run, or a configuration");
    if (!experiment.overrides().isEmpty()) {
      throw new BadInputException("--set: goes with a configuration, " + run + " is a run folder");
    }
    return config;
  }

  private ExperimentConfig ofFile(Path file) {
    return experiment.read(installed.reader(), file, Map.of());
  }

  private void evaluate(String who, Classifier classifier, ImageDataset pictures) {
    terminal.line("network        " + who);
    terminal.line(
        "pictures       "
            + pictures.name()
            + ", "
            + NumberFormats.count(pictures.size())
            + " of "
            + pictures.shape());
    long began = System.nanoTime();
    Evaluation evaluation;
    try (ProgressLine line = new ProgressLine(terminal, "evaluating", pictures.size())) {
      evaluation = Evaluation.of(new Counted(classifier, line, began), pictures);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    long right = Math.round(evaluation.accuracy() * pictures.size());
    terminal.line(
        "accuracy       "
            + NumberFormats.percent(evaluation.accuracy())
            + ", "
            + NumberFormats.count(right)
            + " of "
            + NumberFormats.count(pictures.size())
            + " right");
    terminal.line(
        "cross-entropy  " + String.format(Locale.ROOT, "%.4f", evaluation.crossEntropy()));
    terminal.line("speed          " + NumberFormats.speed(pictures.size() / seconds) + " images/s");
  }

  /** Tells the progress line of each batch. */
  private static final class Counted implements Classifier {

    private final Classifier classifier;
    private final ProgressLine line;
    private final long began;
    private long done;

    Counted(Classifier classifier, ProgressLine line, long began) {
      this.classifier = classifier;
      this.line = line;
      this.began = began;
    }

    @Override
    public float[] logits(byte[] pixels, int size) {
      float[] logits = classifier.logits(pixels, size);
      done += size;
      double seconds = (System.nanoTime() - began) / 1e9;
      line.at(done, NumberFormats.speed(done / seconds) + " images/s");
      return logits;
    }
  }
}
