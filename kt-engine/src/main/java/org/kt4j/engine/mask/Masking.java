package org.kt4j.engine.mask;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.WeightCriterion;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.MaskSchedule;

/**
 * When the masks of a run change, and by which criterion. Each pruning is a function of the step,
 * the weights and the masks, so that a run that was stopped repeats it.
 *
 * @param config of the mask
 * @param criterion that it names
 * @param stepsPerEpoch of the run
 */
public record Masking(MaskConfig config, WeightCriterion criterion, int stepsPerEpoch) {

  /**
   * Checks the schedule against the length of the training.
   *
   * @param epochs of all phases
   * @throws ConfigurationException when no training would follow the last pruning
   */
  public Masking requireWithin(int epochs) {
    MaskSchedule schedule = config.keys().schedule();
    if (schedule instanceof MaskSchedule.Gradual gradual
        && gradual.every() > (long) (gradual.untilEpoch() - gradual.fromEpoch()) * stepsPerEpoch) {
      throw ConfigurationException.of(
          "student.mask.schedule.every: "
              + gradual.every()
              + " steps are more than there are between from-epoch "
              + gradual.fromEpoch()
              + " and until-epoch "
              + gradual.untilEpoch()
              + ", which are "
              + (long) (gradual.untilEpoch() - gradual.fromEpoch()) * stepsPerEpoch
              + " of "
              + stepsPerEpoch
              + " an epoch; fix: fewer steps, or more epochs");
    }
    long last = schedule.lastStep(stepsPerEpoch);
    long all = (long) epochs * stepsPerEpoch;
    if (last >= all) {
      throw ConfigurationException.of(
          String.format(
              Locale.ROOT,
              "student.mask.schedule: the last weights are set to zero after %.1f epochs, and the"
                  + " training has %d; what is left would not be trained; fix: an earlier end, or"
                  + " more epochs",
              (double) last / stepsPerEpoch,
              epochs));
    }
    return this;
  }

  /** The first epoch, counted from 1, whose end has the whole mask. */
  public int firstWholeEpoch() {
    return Math.toIntExact(config.keys().schedule().lastStep(stepsPerEpoch) / stepsPerEpoch) + 1;
  }

  /**
   * Sets weights to zero, if it is time.
   *
   * @param step the number of steps of the run done before
   * @param curvature measures second derivatives; null where the criterion needs none
   * @param told receives what was done
   */
  public void before(long step, Masks masks, @Nullable Curvature curvature, Consumer<String> told) {
    MaskConfig.Keys keys = config.keys();
    OptionalDouble sparsity = keys.schedule().before(step, stepsPerEpoch, keys.sparsity());
    if (sparsity.isEmpty()) {
      return;
    }
    masks.prune(sparsity.getAsDouble(), criterion, curvature);
    Masks.Count count = masks.count();
    told.accept(
        String.format(
            Locale.ROOT,
            "step %,d: %,d of %,d weights are held at zero (%.2f %%), by %s",
            step,
            count.zeros(),
            count.weights(),
            100.0 * count.zeros() / count.weights(),
            config.criterion()));
  }
}
