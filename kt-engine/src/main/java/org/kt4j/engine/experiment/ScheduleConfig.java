package org.kt4j.engine.experiment;

import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * How the learning rate goes over a phase, step by step.
 *
 * @param name the shape
 * @param warmUpEpochs epochs in which the rate rises linearly from near zero; may be a fraction
 * @param milestones of {@code step}: the epochs after which the rate is multiplied
 * @param factor of {@code step}: what it is multiplied by
 */
public record ScheduleConfig(
    @Description("constant, step or cosine") Curve name,
    @Description("epochs of linear warm-up; may be a fraction") double warmUpEpochs,
    @Description("of step: after these epochs the rate is multiplied") List<Integer> milestones,
    @Description("of step: what the rate is multiplied by") double factor) {

  /** The shapes. */
  public enum Curve {
    /** Always the base rate. */
    CONSTANT,
    /** The base rate times {@code factor} for every milestone passed. */
    STEP,
    /** Half a cosine from the base rate to zero (Loshchilov and Hutter, 2017). */
    COSINE
  }

  /** Checks the ranges. */
  public ScheduleConfig {
    milestones = List.copyOf(milestones);
    if (!(warmUpEpochs >= 0 && warmUpEpochs < 1e6)) {
      throw new InvalidOptionException("warmUpEpochs", warmUpEpochs, "0 or more, below 1000000");
    }
    if (!(factor > 0 && factor <= 1)) {
      throw new InvalidOptionException("factor", factor, "above 0, at most 1");
    }
    for (int i = 0; i < milestones.size(); i++) {
      if (milestones.get(i) < 1 || (i > 0 && milestones.get(i) <= milestones.get(i - 1))) {
        throw new InvalidOptionException("milestones", milestones, "rising epochs from 1 on");
      }
    }
    if (name == Curve.STEP && milestones.isEmpty()) {
      throw new InvalidOptionException("milestones", "[]", "one epoch or more, for step");
    }
  }

  /** Cosine without warm-up. */
  public static ScheduleConfig defaults() {
    return new ScheduleConfig(Curve.COSINE, 0, List.of(), 0.1);
  }

  /**
   * The factor of the base rate at a step.
   *
   * @param step the number of steps of the phase done before
   * @param stepsPerEpoch of this phase
   * @param epochs of this phase
   */
  public double factor(long step, int stepsPerEpoch, int epochs) {
    double warmUp = warmUpEpochs * stepsPerEpoch;
    if (step < warmUp) {
      return (step + 1) / (warmUp + 1);
    }
    return switch (name) {
      case CONSTANT -> 1;
      case STEP -> {
        long passed = milestones.stream().filter(m -> step >= (long) m * stepsPerEpoch).count();
        yield Math.pow(factor, (double) passed);
      }
      case COSINE -> {
        double total = (double) epochs * stepsPerEpoch;
        yield 0.5 * (1 + Math.cos(Math.PI * (step - warmUp) / (total - warmUp)));
      }
    };
  }
}
