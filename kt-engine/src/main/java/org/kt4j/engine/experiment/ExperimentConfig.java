package org.kt4j.engine.experiment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.engine.data.Augmentation;
import org.kt4j.engine.data.Normalization;

/**
 * One experiment, whole.
 *
 * @param data the pictures
 * @param teacher whom to learn from, if anybody
 * @param student the network that learns
 * @param baseline what the result is compared with, if anything
 * @param normalization of the pictures; the data set's own when left out
 * @param augmentation of the training pictures; teacher and student see the same
 * @param batchSize pictures in one step
 * @param phases what is learnt, one after another
 * @param optimizer how, unless a phase says otherwise
 * @param schedule of the learning rate, unless a phase says otherwise
 * @param seed of first values, order, augmentation and dropout
 */
public record ExperimentConfig(
    @Description("the pictures") DataConfig data,
    @Description("whom to learn from") @Nullable TeacherConfig teacher,
    @Description("the network that learns") NetworkConfig student,
    @Description("what the result is compared with") @Nullable BaselineConfig baseline,
    @Description("of the pictures; the data set's own when left out")
        @Nullable Normalization normalization,
    @Description("of the training pictures") Augmentation augmentation,
    @Description("pictures in one step, 1 or more") int batchSize,
    @Description("what is learnt, one after another") List<PhaseConfig> phases,
    @Description("unless a phase says otherwise") OptimizerConfig optimizer,
    @Description("unless a phase says otherwise") ScheduleConfig schedule,
    @Description("of first values, order, augmentation and dropout") long seed) {

  /** The batch size of a configuration that names none. */
  public static int defaultBatchSize() {
    return 64;
  }

  /** The seed of a configuration that names none. */
  public static long defaultSeed() {
    return 1;
  }

  /** Checks the ranges. */
  public ExperimentConfig {
    if (batchSize < 1) {
      throw new InvalidOptionException("batchSize", batchSize, "1 or more");
    }
    if (phases.isEmpty()) {
      throw new InvalidOptionException("phases", "[]", "one phase or more");
    }
    phases = List.copyOf(phases);
  }

  /** The same experiment on other data and with another seed, as a fair comparison needs. */
  public ExperimentConfig on(DataConfig otherData, long otherSeed) {
    return new ExperimentConfig(
        otherData,
        teacher,
        student,
        baseline,
        normalization,
        augmentation,
        batchSize,
        phases,
        optimizer,
        schedule,
        otherSeed);
  }

  /** The number of epochs of all phases together. */
  public int epochs() {
    return phases.stream().mapToInt(PhaseConfig::epochs).sum();
  }
}
