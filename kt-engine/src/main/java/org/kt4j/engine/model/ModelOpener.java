package org.kt4j.engine.model;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

/**
 * Opens models that other tools trained, as teachers. The module {@code kt-models} has one; it is
 * found by {@link java.util.ServiceLoader}.
 */
public interface ModelOpener {

  /**
   * Opens a model and tries it with blank pictures.
   *
   * @param place where it stands in the configuration, for messages
   * @param file the model
   * @param engine what computes it; decided by the kind of file when null
   * @param input how it takes its pictures
   * @param outputs the model's outputs by tap, the logits among them; may be empty where the model
   *     has one output
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
      Path file,
      @Nullable TeacherEngine engine,
      TeacherInput input,
      Map<String, String> outputs,
      Normalization normalization,
      ImageShape shape,
      int classes);
}
