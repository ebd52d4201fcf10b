package org.kt4j.engine.experiment;

import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.Normalization;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherPrecision;

/**
 * A teacher.
 *
 * @param name what terms call it; needed where there are several
 * @param weight its share where a term learns from several
 * @param source where it comes from
 * @param normalization of the teacher's input, when it is not the student's
 * @param allowWeak whether a teacher at chance level is accepted
 * @param logitsAre what it gives as logits; looked at before training when left out
 * @param engine what computes a network of ours; the training graph when left out
 * @param precision of that engine; single when left out
 */
public record TeacherConfig(
    @Nullable String name,
    double weight,
    TeacherSource source,
    @Nullable Normalization normalization,
    boolean allowWeak,
    @Nullable LogitsAre logitsAre,
    @Nullable TeacherEngine engine,
    @Nullable TeacherPrecision precision) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");

  /** Checks the name and the range. */
  public TeacherConfig {
    require(name, weight);
  }

  static void require(@Nullable String name, double weight) {
    if (name != null && !NAME.matcher(name).matches()) {
      throw new InvalidOptionException(
          "name", "'" + name + "'", "lower-case letters, digits, dots and dashes");
    }
    if (!(weight >= 1e-6 && weight <= 1e6)) {
      throw new InvalidOptionException("weight", weight, "1e-6 to 1e6");
    }
  }

  /**
   * The teacher on one line, for people: {@code deep, from runs/teacher}.
   *
   * @param path how a path is written
   */
  public String described(UnaryOperator<String> path) {
    return (name == null ? "" : name + ", ") + source.described(path);
  }

  /** The same teacher from elsewhere. */
  TeacherConfig from(TeacherSource other) {
    return new TeacherConfig(
        name, weight, other, normalization, allowWeak, logitsAre, engine, precision);
  }
}
