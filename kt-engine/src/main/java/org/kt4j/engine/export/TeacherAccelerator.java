package org.kt4j.engine.export;

import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherPrecision;

/**
 * Lets a teacher that is a network of ours be computed by a faster engine beside the training
 * graph. The module {@code kt-onnx} has one; it is found by {@link java.util.ServiceLoader}.
 */
public interface TeacherAccelerator {

  /**
   * The same teacher, computed elsewhere. Its weights are read when it is first used.
   *
   * @param place where it stands in the configuration, for messages
   * @param teacher without step taps; closed with the result
   * @param precision of the computation
   * @param pictures of the training data, for ranges
   * @throws org.kt4j.config.ConfigurationException when it cannot be
   */
  Teacher of(
      String place, Teacher teacher, TeacherPrecision precision, CalibrationPictures pictures);
}
