package org.kt4j.engine.training;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a student that is no classifier does on the test pictures, in more than one number; {@code
 * scores.json}.
 *
 * @param overall figures over all classes after the last epoch, by name, such as {@code AP50}, in
 *     the order in which they are shown; from 0 to 1, absent ones left out
 * @param classes in the order of {@link RunResult#classes()}
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record Scores(Map<String, Double> overall, List<ClassScore> classes) {

  /**
   * One class.
   *
   * @param name of the class
   * @param objects of it in the test pictures
   * @param last the score after the last epoch, from 0 to 1
   * @param best the score after the epoch that was best on the held-out pictures
   * @param teacher the teacher's score; absent without one
   * @param precision after the last epoch at 101 levels of recall, 0.00, 0.01, ..., 1.00; 0 where a
   *     recall is not reached
   */
  @JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
  public record ClassScore(
      String name,
      long objects,
      double last,
      double best,
      @Nullable Double teacher,
      List<Double> precision) {}
}
