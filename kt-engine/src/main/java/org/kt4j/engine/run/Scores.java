package org.kt4j.engine.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
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

  /** Of recall, at which precision is known. */
  private static final int LEVELS = 101;

  /** Fills in what older files lack. */
  public Scores {
    score = score == null ? "AP" : score;
    counted = counted == null ? "objects" : counted;
    explanation = explanation == null ? "" : explanation;
  }

  /**
   * Refuses scores that are no shares, or not of the result's classes.
   *
   * @param file that they were read from
   * @throws TrainingException naming the first that is wrong
   */
  void requireWhole(Path file, RunResult result) {
    for (Map.Entry<String, Double> figure : overall.entrySet()) {
      requireShare(file, "overall." + figure.getKey(), figure.getValue(), false);
    }
    for (int k = 0; k < classes.size(); k++) {
      ClassScore one = classes.get(k);
      String place = "classes[" + k + "] (" + one.name() + ")";
      if (one.count() < 0) {
        throw damaged(file, place + ".count: " + one.count() + "; allowed: 0 or more");
      }
      // A class without test pictures has no score.
      requireShare(file, place + ".last", one.last(), true);
      requireShare(file, place + ".best", one.best(), true);
      Double teacher = one.teacher();
      if (teacher != null) {
        requireShare(file, place + ".teacher", teacher, true);
      }
      if (!one.precision().isEmpty() && one.precision().size() != LEVELS) {
        throw damaged(
            file,
            String.format(
                Locale.ROOT,
                "%s.precision: %d numbers; allowed: %d, or none",
                place,
                one.precision().size(),
                LEVELS));
      }
      for (double precision : one.precision()) {
        requireShare(file, place + ".precision", precision, false);
      }
    }
    List<String> names = classes.stream().map(ClassScore::name).toList();
    if (!names.equals(result.classes())) {
      throw damaged(
          file,
          "its classes are %s; allowed: those of the result, %s"
              .formatted(shown(names), shown(result.classes())));
    }
  }

  private static void requireShare(Path file, String place, double value, boolean mayBeNone) {
    if (!((value >= 0 && value <= 1) || (Double.isNaN(value) && mayBeNone))) {
      throw damaged(file, place + ": " + value + "; allowed: a number from 0 to 1");
    }
  }

  private static String shown(List<String> names) {
    return names.size() + " (" + names.stream().limit(3).collect(Collectors.joining(", ")) + ")";
  }

  private static RunFolderException damaged(Path file, String why) {
    return new RunFolderException(
        file
            + ": the scores are damaged: "
            + why
            + "; fix: restore the file from a copy, or train the run again");
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
