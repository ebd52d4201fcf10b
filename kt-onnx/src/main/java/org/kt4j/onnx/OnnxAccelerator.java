package org.kt4j.onnx;

import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.TeacherAccelerator;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherPrecision;

/** Networks of ours as teachers in ONNX Runtime. */
public final class OnnxAccelerator implements TeacherAccelerator {

  /** Found by {@link java.util.ServiceLoader}. */
  public OnnxAccelerator() {}

  @Override
  public Teacher of(
      String place, Teacher teacher, TeacherPrecision precision, CalibrationPictures pictures) {
    if (precision == TeacherPrecision.SINGLE) {
      return new OnnxTeacher(
          teacher, precision, CalibrationPictures.none("single precision needs none"));
    }
    if (pictures.count() == 0) {
      throw ConfigurationException.of(
          place
              + ".precision: int8 needs training pictures to take ranges from, and there are none ("
              + pictures.reason()
              + "); fix: precision: single");
    }
    Int8Options usual = Int8Options.defaults();
    return new OnnxTeacher(
        teacher,
        precision,
        pictures.chosen(Math.min(usual.calibration(), pictures.count()), usual.seed()));
  }
}
