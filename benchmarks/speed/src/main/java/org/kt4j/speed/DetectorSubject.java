package org.kt4j.speed;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.export.DetectorExport;
import org.kt4j.detection.training.DetectorFactory;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.teacher.Weights;

/** The detector that is measured, in training, step by step. */
final class DetectorSubject implements AutoCloseable {

  /** Pictures of a step. */
  static final int BATCH = 4;

  private final ExperimentConfig config;
  private final DetectorFactory detectors;
  private final PreparedRun prepared;
  private final PhaseTraining training;
  private Iterator<PhaseTraining.Step> coming = Collections.emptyIterator();
  private PhaseTraining.@Nullable Step last;
  private int epochs;
  private long done;

  private DetectorSubject(ExperimentConfig config, Workbench bench) {
    this.config = config;
    this.detectors = bench.detectors();
    this.prepared = bench.tasks().of(config).prepare(RunPlan.of(config, Path.of("benchmark")));
    this.training = prepared.open(0, 0);
  }

  /** A step on the next batch, as in a training run; epoch follows epoch. */
  void next() {
    if (!coming.hasNext()) {
      coming = training.epoch(epochs++);
    }
    step(coming.next());
  }

  /** A step on the batch of the last one, which is there already. */
  void again() {
    step(Objects.requireNonNull(last, "no step was made yet"));
  }

  private void step(PhaseTraining.Step step) {
    step.run(Workbench.LEARNING_RATE, done++);
    last = step;
  }

  /** An epoch, after which every picture is painted and scaled. */
  void warmUp() {
    for (int i = 0; i < prepared.trainingPictures() / BATCH; i++) {
      next();
    }
  }

  /** Nanoseconds that the steps so far have spent inside {@code Session.run}. */
  long nanosInSession() {
    return training.distillation().nanosInSession();
  }

  /** Of the forward pass over one training picture. */
  long flopsPerPicture() {
    return training.trainingFlopsPerImage();
  }

  /** What it learns from. */
  DetectionDataset pictures() {
    return detectors.data(config.data()).train();
  }

  /** Writes it as it is now. */
  void export(Path folder) {
    List<String> classes = pictures().classes();
    DetectorExport.write(
        detectors.detector(config, classes.size()),
        detectors.normalization(config),
        Weights.read("a detector", training.graph(), training.distillation().student()),
        classes,
        folder,
        false);
  }

  @Override
  public void close() {
    training.close();
    prepared.close();
  }

  /** In words. */
  static String name(Settings settings) {
    return settings.quick()
        ? "Faster R-CNN on imagenet-resnet-10, width 8, 64x96"
        : "Faster R-CNN on imagenet-resnet-18, width 32, 240x320";
  }

  /** Opens it, with its first values. */
  static DetectorSubject open(Workbench bench) {
    boolean quick = bench.settings().quick();
    int height = quick ? 64 : 240;
    int width = quick ? 96 : 320;
    String config =
        String.format(
            Locale.ROOT,
            """
            data: {name: shapes-detection, train: %d, held-out: 1, test: 1, height: %d, width: %d}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-%d, width: %d}
              tap: stage3
              height: %d
              width: %d
            batch-size: %d
            seed: %d
            phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
            """,
            quick ? 17 : 201,
            height,
            width,
            quick ? 10 : 18,
            quick ? 8 : 32,
            height,
            width,
            BATCH,
            Settings.SEED);
    return new DetectorSubject(bench.reader().parse("benchmark", config), bench);
  }
}
