package org.kt4j.detection.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.data.Pixels;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionEvaluator;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.ExperimentKind;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.RunResult;

/**
 * A detector's run folder, for what comes after training.
 *
 * @param config of the run
 * @param folder of the run
 * @param known what configurations can name
 */
public record DetectionRun(ExperimentConfig config, Path folder, ExperimentKind.Known known) {

  /** Pictures at once. */
  private static final int BATCH_SIZE = 8;

  /** Refuses a run of another kind. */
  public DetectionRun {
    if (!isOne(config)) {
      throw ConfigurationException.of(
          folder
              + ": is the run of a classifier ("
              + config.student().network()
              + "); allowed here: the run of a detector, student: {network: faster-rcnn}");
    }
  }

  /** Whether an experiment is one of detection. */
  public static boolean isOne(ExperimentConfig config) {
    return new DetectionKind().suits(config);
  }

  /** The data of the run. */
  public DetectionSplits data() {
    return DetectionKind.data(config, known);
  }

  /** The names of its classes; from the data where the run is not complete. */
  public List<String> classes() {
    return RunFolder.result(folder)
        .map(RunResult::classes)
        .orElseGet(() -> data().train().classes());
  }

  /** The architecture of its detector. */
  public FasterRcnn architecture() {
    return DetectionKind.detector(config, classes().size(), known);
  }

  /** What its pictures are normalised by. */
  public Normalization normalization() {
    return DetectionKind.normalization(config, known);
  }

  /**
   * Its trained weights.
   *
   * @throws org.kt4j.engine.training.TrainingException when the run has finished no epoch
   */
  public Weights weights(Checkpoints.Which which) {
    return RunFolder.weights(folder, which);
  }

  /**
   * Opens the detector; the caller closes it.
   *
   * @throws org.kt4j.engine.training.TrainingException when the run has finished no epoch
   */
  public Detector detector(Checkpoints.Which which) {
    return new Detector(architecture(), normalization(), weights(which));
  }

  /**
   * Tries a detector on pictures.
   *
   * @param done told how many pictures are done
   */
  public static DetectionScores evaluate(
      Detector detector, DetectionDataset pictures, IntConsumer done) {
    DetectionEvaluator evaluator = new DetectionEvaluator(pictures.classes());
    for (int first = 0; first < pictures.size(); first += BATCH_SIZE) {
      int last = Math.min(pictures.size(), first + BATCH_SIZE);
      List<Pixels> batch = new ArrayList<>();
      for (int i = first; i < last; i++) {
        batch.add(pictures.pixels(i));
      }
      List<List<Detection>> found = detector.detect(batch);
      for (int i = first; i < last; i++) {
        evaluator.add(pictures.objects(i), found.get(i - first));
      }
      done.accept(last);
    }
    return evaluator.scores();
  }
}
