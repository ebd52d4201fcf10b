package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The student of a run, its exports and its teachers, on one part of the run's data. The caller
 * closes what it opens.
 */
public interface ComparedModels {

  /** The pictures in words. */
  String pictures();

  /** The number of pictures. */
  int count();

  /**
   * Opens the student.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  AnsweringModel student();

  /**
   * Opens an export.
   *
   * @throws org.kt4j.engine.model.ModelException when the folder holds none of this task, or a
   *     damaged one
   */
  AnsweringModel export(Path folder);

  /**
   * Opens the teachers, several as one. They must be trained already.
   *
   * @return empty where the student has none that answers as it does
   * @throws org.kt4j.config.ConfigurationException when one does not fit the data
   * @throws org.kt4j.engine.run.TrainingException when one is not trained
   */
  Optional<AnsweringModel> teacher();
}
