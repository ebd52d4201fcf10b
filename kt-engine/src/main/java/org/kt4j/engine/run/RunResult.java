package org.kt4j.engine.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.json.MayBeMissing;

/**
 * The result of a run; {@code result.json}. Files of older versions call scores accuracies; they
 * are read as well.
 *
 * @param epochs of all phases
 * @param testLast the score on the test pictures after the last epoch
 * @param testBest the score on the test pictures after the epoch that was best on the held-out ones
 * @param bestEpoch that epoch, counted from 1
 * @param heldOutLast the score on the held-out pictures after the last epoch
 * @param heldOutBest the best score on the held-out pictures
 * @param teacherTest the teacher's score on the test pictures; absent without one
 * @param agreementLast share of the test pictures that teacher and student answer alike after the
 *     last epoch; absent without a teacher, or where an answer is more than a class
 * @param parameters trainable parameters of the student
 * @param flopsPerImage of the student's forward pass
 * @param trainingSeconds of all epochs, without evaluation
 * @param wallSeconds of the whole run: {@link EpochMetrics#elapsedSeconds()} and the last
 *     evaluation
 * @param peakMemory bytes that the process held at most while the run was trained, since it last
 *     went on; absent if the system does not report it
 * @param classes names, in the order of {@link Predictions} and {@link Scores}; may be empty
 * @param pictures the size of the student's input; older files lack it
 * @param metric of the scores
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record RunResult(
    int epochs,
    @JsonAlias("test-accuracy-last") double testLast,
    @JsonAlias("test-accuracy-best") double testBest,
    int bestEpoch,
    @JsonAlias("held-out-accuracy-last") double heldOutLast,
    @JsonAlias("held-out-accuracy-best") double heldOutBest,
    @JsonAlias("teacher-test-accuracy") @Nullable Double teacherTest,
    @Nullable Double agreementLast,
    long parameters,
    long flopsPerImage,
    double trainingSeconds,
    double wallSeconds,
    @Nullable Long peakMemory,
    List<String> classes,
    @Nullable ImageShape pictures,
    @MayBeMissing Metric metric) {

  /** Results of older versions lack a metric. */
  public RunResult {
    metric = metric == null ? Metric.named(null) : metric;
  }

  /** What no run comes to, in words; empty for what can be a result. */
  Optional<String> fault() {
    if (epochs < 1 || bestEpoch < 1 || bestEpoch > epochs) {
      return Optional.of(
          "best-epoch: "
              + bestEpoch
              + " of epochs: "
              + epochs
              + "; allowed: 1 or more, up to epochs");
    }
    Map<String, Double> scores = new LinkedHashMap<>();
    scores.put("test-last", testLast);
    scores.put("test-best", testBest);
    scores.put("held-out-last", heldOutLast);
    scores.put("held-out-best", heldOutBest);
    if (teacherTest != null) {
      scores.put("teacher-test", teacherTest);
    }
    return scores.entrySet().stream()
        .filter(
            each ->
                !Double.isFinite(each.getValue())
                    || (metric.share() && (each.getValue() < 0 || each.getValue() > 1)))
        .findFirst()
        .map(
            each ->
                each.getKey()
                    + ": "
                    + each.getValue()
                    + "; allowed: "
                    + (metric.share() ? "0 to 1" : "finite numbers"));
  }

  /** Whether it is of a run with these metrics: both know the held-out scores. */
  public boolean isOf(List<EpochMetrics> metrics) {
    return metrics.size() == epochs
        && metrics.get(epochs - 1).heldOutScore() == heldOutLast
        && metrics.get(bestEpoch - 1).heldOutScore() == heldOutBest;
  }
}
