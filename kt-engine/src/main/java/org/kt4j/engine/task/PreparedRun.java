package org.kt4j.engine.task;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.Prerequisite;

/**
 * A run that has been checked. The trainer first trains its prerequisites, then calls {@link
 * #ready}, then trains phase after phase. The caller of {@link Task#prepare} closes it.
 */
public interface PreparedRun extends AutoCloseable {

  /**
   * The runs that must be complete before {@link #ready}; the trainer trains those that are not.
   */
  List<Prerequisite> prerequisites();

  /**
   * Evaluates the teachers on the held-out pictures, calibrates the terms that ask for it, and
   * fills the cache.
   *
   * @throws org.kt4j.config.ConfigurationException when a teacher is no better than chance
   */
  void ready(TrainingListener listener);

  /**
   * The part of {@link #ready} that evaluates the teachers.
   *
   * @throws org.kt4j.config.ConfigurationException when a teacher is no better than chance
   */
  void checkTeachers(TrainingListener listener);

  /**
   * What {@link #ready} would look for in a cache; called in place of it, after the prerequisites
   * are complete, to compute for several runs at once. Calibrates the terms that ask for it. Empty
   * where nothing is cached.
   */
  List<KnowledgeDemand> knowledge();

  /** The size of the student's input. */
  ImageShape pictures();

  /** The number of training pictures. */
  int trainingPictures();

  /** The number of pictures that the best epoch is chosen on. */
  int heldOutPictures();

  /** The number of pictures that results are reported on. */
  int testPictures();

  /**
   * The pictures without augmentation on which second derivatives of the loss are measured; null
   * unless the task is to name the class of a picture, whose loss is the cross-entropy.
   */
  default @Nullable ImageDataset picturesOfClasses() {
    return null;
  }

  /** A digest of the pictures and what is known of them, by which workers compare their data. */
  String dataDigest();

  /**
   * Builds the student once, in a graph that is thrown away.
   *
   * @param look sees its variables, which have no values
   */
  void tryStudent(Consumer<Variables> look);

  /** The terms of each phase. */
  List<List<Term>> objective();

  /**
   * Builds the graph of a phase; its variables have their initial values.
   *
   * @param index of the phase
   * @param firstStep steps that earlier phases have done
   */
  PhaseTraining open(int index, long firstStep);

  /**
   * Evaluates both checkpoints on the test pictures and writes the files that reports read into the
   * run folder.
   *
   * @param bestIsLast whether both checkpoints are of the same epoch
   */
  TestScores test(RunFolder folder, boolean bestIsLast);

  @Override
  void close();
}
