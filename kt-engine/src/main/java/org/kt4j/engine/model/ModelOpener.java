package org.kt4j.engine.model;

import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.teacher.Teacher;

/**
 * Opens models that other tools trained, as teachers. The module {@code kt-models} has one; it is
 * found by {@link java.util.ServiceLoader}.
 */
public interface ModelOpener {

  /**
   * Opens a model and tries it with blank pictures.
   *
   * @param place where it stands in the configuration, for messages
   * @param source its file, and how it is used
   * @param normalization of its input
   * @param shape of the pictures
   * @param classes of the data
   * @throws org.kt4j.config.ConfigurationException when the file is missing or of no known kind, or
   *     an output is no tap
   * @throws ModelException when the model cannot be loaded, does not take such pictures, or its
   *     engine is not there
   */
  Teacher open(
      String place,
      TeacherSource.OfModel source,
      Normalization normalization,
      ImageShape shape,
      int classes);
}
