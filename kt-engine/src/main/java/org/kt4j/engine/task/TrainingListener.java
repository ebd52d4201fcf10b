package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.List;
import org.kt4j.api.Taps;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;

/**
 * Receives the progress of a training. It is called from the training thread; every method has an
 * empty default.
 */
public interface TrainingListener extends FillListener {

  /** A listener that ignores all events. */
  TrainingListener SILENT = new TrainingListener() {};

  /**
   * A run that is about to be trained.
   *
   * @param folder of the run
   * @param student the network's name
   * @param parameters trainable parameters
   * @param epochs of all phases
   * @param epochsDone by an earlier attempt at the same run
   * @param metric of its scores
   */
  record Start(
      Path folder, String student, long parameters, int epochs, int epochsDone, Metric metric) {}

  /**
   * One step.
   *
   * @param phase the phase's name
   * @param epoch of the whole run, counted from 1
   * @param epochs of the whole run
   * @param step of this epoch, counted from 1
   * @param steps of this epoch
   * @param images training pictures seen in this epoch
   * @param seconds since this epoch began
   * @param labels the terms
   * @param terms mean loss of each term over this epoch so far, not weighted
   */
  record StepDone(
      String phase,
      int epoch,
      int epochs,
      int step,
      int steps,
      long images,
      double seconds,
      List<String> labels,
      List<Double> terms) {}

  /** Called when a run begins or continues. */
  default void started(Start start) {}

  /**
   * Called when a teacher was evaluated on the held-out pictures.
   *
   * @param source where it comes from
   * @param score on the held-out pictures
   * @param metric what the score is
   */
  default void teacherEvaluated(String source, double score, Metric metric) {}

  /**
   * Called with the layers that a term reads, named in the configuration or paired by the method;
   * not called for a term that reads only logits.
   *
   * @param phase the phase's name
   * @param term the term's label
   * @param taps of both sides
   */
  default void termReads(String phase, String term, Taps taps) {}

  /**
   * Called when the weight of a term was set to a share of the labels' gradient.
   *
   * @param term the term's label
   * @param weight that it has from now on
   */
  default void weightMeasured(String term, double weight) {}

  /**
   * Called when the student begins with given weights.
   *
   * @param source where they come from
   * @param known variables whose values are from there
   * @param variables that the student has
   */
  default void begins(String source, int known, int variables) {}

  /**
   * Called with what is to be said of the weights that the student begins with.
   *
   * @param what in words
   */
  default void beginsSo(String what) {}

  /**
   * Called with what a phase leaves of the student as it is, and what learns at another rate.
   *
   * @param phase the phase's name
   * @param what in words
   */
  default void tunes(String phase, String what) {}

  /**
   * Called with what is being done while the student is made out of a trained network.
   *
   * @param what in words
   */
  default void prunes(String what) {}

  /**
   * Called when weights of the student were set to zero.
   *
   * @param what in words
   */
  default void masks(String what) {}

  /** Called when a run that this one needs is trained first. */
  default void needs(String what, Path config) {}

  /**
   * Called when a run's folder is used by another process, before it is waited for.
   *
   * @param run the folder
   * @param holder the process in words: {@code process 1234}
   */
  default void waits(Path run, String holder) {}

  /** Called after a step. */
  default void stepDone(StepDone step) {}

  /** Called when an epoch was trained, evaluated and saved. */
  default void epochDone(EpochMetrics metrics, int epochs, boolean best) {}

  /** Called when the run is complete; {@code already} is true if it was complete before. */
  default void finished(Path folder, RunResult result, boolean already) {}
}
