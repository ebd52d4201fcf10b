package org.kt4j.engine.run;

import com.fasterxml.jackson.annotation.JsonAlias;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.json.MayBeMissing;

/**
 * One line of {@code metrics.jsonl}. Lines of older versions call scores accuracies; they are read
 * as well.
 *
 * @param epoch of the whole run, counted from 1
 * @param phase the phase's name
 * @param steps of the whole run that are done
 * @param learningRate of the epoch's last step
 * @param terms mean loss of each term over the epoch, not weighted
 * @param objective mean of the weighted sum
 * @param trainScore the score of the augmented training pictures in training mode; absent where the
 *     task has none, or the objective does not reach what it is computed from
 * @param heldOutScore the score on the held-out pictures after the epoch, in the task's metric
 * @param heldOut further numbers of the held-out pictures by name, such as {@code cross-entropy}
 * @param agreement share of the held-out pictures that teacher and student answer alike; absent
 *     without a teacher, or where an answer is more than a class
 * @param imagesPerSecond training pictures per second, without evaluation
 * @param seconds of training in this epoch, without evaluation
 * @param elapsedSeconds of the whole run so far: opening the data, checks, the filling of a cache,
 *     training, evaluation and checkpoints; not the training of a teacher or a baseline
 * @param weights after the epoch's last step, of terms whose weight changes or was measured
 * @param gradients of the terms after the epoch, on one batch; absent where there is one term
 *     alone, and after short epochs, as it is looked at once in 200 steps at most
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record EpochMetrics(
    int epoch,
    String phase,
    long steps,
    double learningRate,
    Map<String, Double> terms,
    double objective,
    @JsonAlias("train-accuracy") @Nullable Double trainScore,
    @JsonAlias("held-out-accuracy") double heldOutScore,
    @MayBeMissing Map<String, Double> heldOut,
    @Nullable Double agreement,
    double imagesPerSecond,
    double seconds,
    double elapsedSeconds,
    @MayBeMissing Map<String, Double> weights,
    @MayBeMissing @Nullable TermGradients gradients) {

  /** Lines of older versions lack further numbers. */
  public EpochMetrics {
    heldOut = heldOut == null ? Map.of() : heldOut;
    weights = weights == null ? Map.of() : weights;
  }

  /** Training pictures per second of all epochs; empty where nothing was trained. */
  public static OptionalDouble imagesPerSecond(List<EpochMetrics> epochs) {
    double seconds = epochs.stream().mapToDouble(EpochMetrics::seconds).sum();
    double images = epochs.stream().mapToDouble(e -> e.imagesPerSecond() * e.seconds()).sum();
    return seconds > 0 ? OptionalDouble.of(images / seconds) : OptionalDouble.empty();
  }
}
