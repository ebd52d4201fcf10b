package org.kt4j.engine.source;

import org.jspecify.annotations.Nullable;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.weights.FileWeights;

/**
 * Creates teachers that suit the students of one task. Each method throws a {@link
 * org.kt4j.config.ConfigurationException} when its source does not suit them.
 */
public interface TeacherMaker {

  /**
   * Creates a teacher from a run, which may still have to be trained.
   *
   * @param place where the teacher stands in the configuration, for messages
   * @param run its run, whose weights exist when the teacher is first used
   * @param own normalization that the configuration gives this teacher, if it does
   */
  Teacher ofRun(String place, SourceRun run, @Nullable Normalization own);

  /**
   * Creates a teacher from a network and a file of weights.
   *
   * @param place where the teacher stands in the configuration, for messages
   * @param source its network and file
   * @param weights of the file, whose numbers are read when the teacher is first used
   * @param own normalization that the configuration gives this teacher, if it does
   */
  Teacher ofWeights(
      String place,
      TeacherSource.OfWeights source,
      FileWeights weights,
      @Nullable Normalization own);

  /** Training pictures, as teachers see them, for ranges in 8 bits. */
  CalibrationPictures calibration();

  /**
   * Creates a teacher from a model of another tool.
   *
   * @param place where the teacher stands in the configuration, for messages
   * @param source its file, and how to use it
   * @param own normalization that the configuration gives this teacher, if it does
   */
  Teacher ofModel(String place, TeacherSource.OfModel source, @Nullable Normalization own);
}
