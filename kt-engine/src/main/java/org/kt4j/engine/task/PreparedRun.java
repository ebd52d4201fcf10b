package org.kt4j.engine.task;

import java.util.List;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.Prerequisite;

/**
 * A run that has been checked and only has to be done. The trainer first trains what it needs, then
 * makes it ready, then trains phase after phase. Whoever prepared it closes it.
 */
public interface PreparedRun extends AutoCloseable {

  /** What must have been trained before {@link #ready}; runs that are complete are left alone. */
  List<Prerequisite> prerequisites();

  /**
   * Tries the teachers, shows them to the terms that ask for it, and fills the cache.
   *
   * @throws org.kt4j.config.ConfigurationException when a teacher knows nothing
   */
  void ready(TrainingListener listener);

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
