package org.kt4j.engine.training;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.data.ImageShape;

/**
 * How a run ended; {@code result.json}.
 *
 * @param epochs of all phases
 * @param testAccuracyLast on the test pictures, after the last epoch
 * @param testAccuracyBest on the test pictures, after the epoch that was best on the held-out ones
 * @param bestEpoch that epoch, counted from 1
 * @param heldOutAccuracyLast on the held-out pictures, after the last epoch
 * @param heldOutAccuracyBest the largest on the held-out pictures
 * @param teacherTestAccuracy on the test pictures; absent without a teacher
 * @param agreementLast share of the test pictures that teacher and student answer alike after the
 *     last epoch; absent without a teacher
 * @param parameters trainable parameters of the student
 * @param flopsPerImage of the student's forward pass
 * @param trainingSeconds of all epochs, without evaluation
 * @param wallSeconds of the whole run: {@link EpochMetrics#elapsedSeconds()} and the last
 *     evaluation
 * @param peakMemory bytes that the process held at most while the run was trained, since it last
 *     went on; absent where the system does not tell
 * @param classes names, in the order of {@link Predictions}
 * @param pictures the size that pictures have in the student; older files lack it
 * @param metric what the numbers called accuracy are: {@link #ACCURACY} or {@link
 *     #MEAN_AVERAGE_PRECISION}; files of before there were detectors lack it and are of classifiers
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record RunResult(
    int epochs,
    double testAccuracyLast,
    double testAccuracyBest,
    int bestEpoch,
    double heldOutAccuracyLast,
    double heldOutAccuracyBest,
    @Nullable Double teacherTestAccuracy,
    @Nullable Double agreementLast,
    long parameters,
    long flopsPerImage,
    double trainingSeconds,
    double wallSeconds,
    @Nullable Long peakMemory,
    List<String> classes,
    @Nullable ImageShape pictures,
    String metric) {

  /** The metric of a classifier: the share of the pictures that are right. */
  public static final String ACCURACY = "accuracy";

  /** The metric of a detector: mean average precision. */
  public static final String MEAN_AVERAGE_PRECISION = "mAP";

  /** Reads what lacks a metric as a classifier's. */
  public RunResult {
    metric = metric == null ? ACCURACY : metric;
  }
}
