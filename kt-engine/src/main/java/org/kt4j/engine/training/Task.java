package org.kt4j.engine.training;

import java.nio.file.Path;
import java.util.List;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.experiment.ExperimentConfig;

/**
 * An experiment that has been checked and only has to be done. {@link Trainer} first trains what it
 * needs, then makes it ready, then trains phase after phase. Whoever prepared it closes it.
 */
public interface Task extends AutoCloseable {

  /**
   * A run that has to be trained before this one.
   *
   * @param what it is, for people: {@code teacher}
   * @param config what
   * @param file where that stands
   * @param run its folder
   */
  record Prerequisite(String what, ExperimentConfig config, Path file, Path run) {}

  /** What must have been trained before {@link #ready}; runs that are complete are left alone. */
  List<Prerequisite> needs();

  /**
   * Tries the teachers, shows them to the terms that ask for it, and fills the cache.
   *
   * @throws org.kt4j.engine.config.ConfigurationException when a teacher knows nothing
   */
  void ready(TrainingListener listener);

  /** What its scores are, see {@link RunResult#metric()}. */
  String metric();

  /** The size that pictures have in the student. */
  ImageShape pictures();

  /** The number of training pictures. */
  int trainingPictures();

  /** The number of pictures that the best epoch is chosen on. */
  int heldOutPictures();

  /** The terms of each phase. */
  List<List<Term>> objective();

  /**
   * Builds a phase; its variables have their first values.
   *
   * @param index of the phase
   * @param firstStep steps that earlier phases have done
   */
  PhaseTraining open(int index, long firstStep);

  /**
   * Evaluates both checkpoints on the test pictures and leaves in the folder what reports want.
   *
   * @param bestIsLast whether both are the same
   */
  TestScores test(RunFolder folder, boolean bestIsLast);

  @Override
  void close();
}
