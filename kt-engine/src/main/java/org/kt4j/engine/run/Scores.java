package org.kt4j.engine.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.json.MayBeMissing;
import org.kt4j.engine.json.MayBeNaN;

/**
 * The scores of a student on the test pictures, class by class; {@code scores.json}.
 *
 * @param score the name of the classes' scores, such as {@code AP}; older files lack it
 * @param counted what is counted of each class, such as {@code objects}; older files lack it
 * @param overall figures over all classes after the last epoch, by name, such as {@code AP50}, in
 *     the order in which they are shown; from 0 to 1, absent ones left out
 * @param explanation sentences for a report on what these figures are; may be empty
 * @param classes in the order of {@link RunResult#classes()}
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record Scores(
    @MayBeMissing String score,
    @MayBeMissing String counted,
    Map<String, Double> overall,
    @MayBeMissing String explanation,
    List<ClassScore> classes) {

  /** Fills in what older files lack. */
  public Scores {
    score = score == null ? "AP" : score;
    counted = counted == null ? "objects" : counted;
    explanation = explanation == null ? "" : explanation;
  }

  /**
   * One class.
   *
   * @param name of the class
   * @param count how many of this class the test pictures hold
   * @param last the score after the last epoch, from 0 to 1
   * @param best the score after the epoch that was best on the held-out pictures
   * @param teacher the teacher's score; absent without one
   * @param precision after the last epoch at 101 levels of recall, 0.00, 0.01, ..., 1.00; 0 where a
   *     recall is not reached; empty where the answers have no scores
   */
  @JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
  public record ClassScore(
      String name,
      @JsonAlias("objects") long count,
      @MayBeNaN double last,
      @MayBeNaN double best,
      @MayBeNaN @Nullable Double teacher,
      @MayBeMissing @MayBeNaN List<Double> precision) {

    /** Lists that are missing are empty. */
    public ClassScore {
      precision = precision == null ? List.of() : precision;
    }
  }
}
