package org.kt4j.kd;

import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;

/** What every comparison of logits needs. */
final class SameClasses {

  private SameClasses() {}

  /**
   * Checks the logits of both sides, where both are known.
   *
   * @param method for the message
   * @throws IllegalArgumentException when the numbers of classes differ
   */
  static void check(String method, TapShapes teacher, TapShapes student) {
    if (!teacher.contains(Taps.LOGITS) || !student.contains(Taps.LOGITS)) {
      return;
    }
    long known = teacher.shape(Taps.LOGITS).get(1);
    long asked = student.shape(Taps.LOGITS).get(1);
    if (known != asked) {
      throw new IllegalArgumentException(
          "the teacher has "
              + known
              + " classes, the student "
              + asked
              + "; "
              + method
              + " needs the same");
    }
  }
}
