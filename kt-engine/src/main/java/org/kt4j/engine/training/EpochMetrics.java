package org.kt4j.engine.training;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code metrics.jsonl}.
 *
 * @param epoch of the whole run, counted from 1
 * @param phase the phase's name
 * @param steps of the whole run that are done
 * @param learningRate of the epoch's last step
 * @param terms mean loss of each term over the epoch, not weighted
 * @param objective mean of the weighted sum
 * @param trainAccuracy share of the augmented training pictures that were right, in training mode;
 *     absent where the objective does not reach the logits
 * @param heldOutAccuracy share of the held-out pictures that are right after the epoch
 * @param heldOutCrossEntropy in nats; absent where the student is no classifier
 * @param agreement share of the held-out pictures that teacher and student answer alike; absent
 *     without a teacher
 * @param imagesPerSecond training pictures per second, without evaluation
 * @param seconds of training in this epoch, without evaluation
 * @param elapsedSeconds of the whole run so far: opening the data, checks, the filling of a cache,
 *     training, evaluation and checkpoints; not the training of a teacher or a baseline
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record EpochMetrics(
    int epoch,
    String phase,
    long steps,
    double learningRate,
    Map<String, Double> terms,
    double objective,
    @Nullable Double trainAccuracy,
    double heldOutAccuracy,
    @Nullable Double heldOutCrossEntropy,
    @Nullable Double agreement,
    double imagesPerSecond,
    double seconds,
    double elapsedSeconds) {

  /** Training pictures of some epochs per second of them; empty where they took no time. */
  public static OptionalDouble imagesPerSecond(List<EpochMetrics> epochs) {
    double seconds = 0;
    double images = 0;
    for (EpochMetrics epoch : epochs) {
      seconds += epoch.seconds();
      images += epoch.imagesPerSecond() * epoch.seconds();
    }
    return seconds > 0 ? OptionalDouble.of(images / seconds) : OptionalDouble.empty();
  }
}
