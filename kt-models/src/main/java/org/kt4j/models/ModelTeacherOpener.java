package org.kt4j.models;

import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.model.ModelOpener;
import org.kt4j.engine.teacher.Teacher;

/** Opens models for the engine; found by {@link java.util.ServiceLoader}. */
public final class ModelTeacherOpener implements ModelOpener {

  /** For {@link java.util.ServiceLoader}. */
  public ModelTeacherOpener() {}

  @Override
  public Teacher open(
      String place,
      TeacherSource.OfModel source,
      Normalization normalization,
      ImageShape shape,
      int classes) {
    return ModelTeacher.open(
        place,
        source.model(),
        source.engine(),
        source.input(),
        source.outputs(),
        normalization,
        shape,
        classes);
  }
}
