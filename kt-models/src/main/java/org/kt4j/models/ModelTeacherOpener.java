package org.kt4j.models;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.model.ModelOpener;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;

/** Opens models for the engine; found by {@link java.util.ServiceLoader}. */
public final class ModelTeacherOpener implements ModelOpener {

  /** For {@link java.util.ServiceLoader}. */
  public ModelTeacherOpener() {}

  @Override
  public Teacher open(
      String place,
      Path file,
      @Nullable TeacherEngine engine,
      TeacherInput input,
      Map<String, String> outputs,
      Normalization normalization,
      ImageShape shape,
      int classes) {
    return ModelTeacher.open(
        place, file, engine, input, outputs, normalization, shape, classes);
  }
}
