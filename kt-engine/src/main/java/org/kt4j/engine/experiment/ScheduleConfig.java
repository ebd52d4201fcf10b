package org.kt4j.engine.experiment;

import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/** How the learning rate goes over a phase, step by step: the name of a curve, and its shape. */
public sealed interface ScheduleConfig {

  /** Epochs in which the rate rises linearly from near zero; may be a fraction. */
  double warmUpEpochs();

  /**
   * The factor of the base rate at a step behind the warm-up.
   *
   * @param step the number of steps of the phase done before
   * @param stepsPerEpoch of this phase
   * @param epochs of this phase
   */
  double afterWarmUp(long step, int stepsPerEpoch, int epochs);

  /**
   * The factor of the base rate at a step.
   *
   * @param step the number of steps of the phase done before
   * @param stepsPerEpoch of this phase
   * @param epochs of this phase
   */
  default double factor(long step, int stepsPerEpoch, int epochs) {
    double warmUp = warmUpEpochs() * stepsPerEpoch;
    return step < warmUp ? (step + 1) / (warmUp + 1) : afterWarmUp(step, stepsPerEpoch, epochs);
  }

  /** The schedule of a configuration that names none. */
  static ScheduleConfig defaults() {
    return Cosine.defaults();
  }

  /**
   * Always the base rate.
   *
   * @param warmUpEpochs epochs in which the rate rises linearly from near zero; may be a fraction
   */
  record Constant(
      @Description("epochs of linear warm-up, 0 or more, below 1000000; may be a fraction")
          double warmUpEpochs)
      implements ScheduleConfig {

    /** Checks the range. */
    public Constant {
      requireWarmUp(warmUpEpochs);
    }

    /** Without warm-up. */
    public static Constant defaults() {
      return new Constant(0);
    }

    @Override
    public double afterWarmUp(long step, int stepsPerEpoch, int epochs) {
      return 1;
    }
  }

  /**
   * The base rate times {@code factor} for every milestone passed.
   *
   * @param warmUpEpochs epochs in which the rate rises linearly from near zero; may be a fraction
   * @param milestones the epochs after which the rate is multiplied
   * @param factor what it is multiplied by
   */
  record Step(
      @Description("epochs of linear warm-up, 0 or more, below 1000000; may be a fraction")
          double warmUpEpochs,
      @Description("after these epochs, rising, 1 to 1000000, the rate is multiplied")
          List<Integer> milestones,
      @Description("what the rate is multiplied by, above 0, at most 1") double factor)
      implements ScheduleConfig {

    /** Checks the ranges. */
    public Step {
      requireWarmUp(warmUpEpochs);
      milestones = List.copyOf(milestones);
      if (!(factor > 0 && factor <= 1)) {
        throw new InvalidOptionException("factor", factor, "above 0, at most 1");
      }
      for (int i = 0; i < milestones.size(); i++) {
        if (milestones.get(i) < 1
            || milestones.get(i) > PhaseConfig.MOST_EPOCHS
            || (i > 0 && milestones.get(i) <= milestones.get(i - 1))) {
          throw new InvalidOptionException("milestones", milestones, "rising epochs, 1 to 1000000");
        }
      }
      if (milestones.isEmpty()) {
        throw new InvalidOptionException("milestones", "[]", "one epoch or more, for step");
      }
    }

    /** Without warm-up. */
    public static double defaultWarmUpEpochs() {
      return 0;
    }

    /** A tenth. */
    public static double defaultFactor() {
      return 0.1;
    }

    @Override
    public double afterWarmUp(long step, int stepsPerEpoch, int epochs) {
      long passed = milestones.stream().filter(m -> step >= (long) m * stepsPerEpoch).count();
      return Math.pow(factor, (double) passed);
    }
  }

  /**
   * Half a cosine from the base rate to zero (Loshchilov and Hutter, 2017).
   *
   * @param warmUpEpochs epochs in which the rate rises linearly from near zero; may be a fraction
   */
  record Cosine(
      @Description("epochs of linear warm-up, 0 or more, below 1000000; may be a fraction")
          double warmUpEpochs)
      implements ScheduleConfig {

    /** Checks the range. */
    public Cosine {
      requireWarmUp(warmUpEpochs);
    }

    /** Without warm-up. */
    public static Cosine defaults() {
      return new Cosine(0);
    }

    @Override
    public double afterWarmUp(long step, int stepsPerEpoch, int epochs) {
      double warmUp = warmUpEpochs * stepsPerEpoch;
      double total = (double) epochs * stepsPerEpoch;
      return 0.5 * (1 + Math.cos(Math.PI * (step - warmUp) / (total - warmUp)));
    }
  }

  private static void requireWarmUp(double epochs) {
    if (!(epochs >= 0 && epochs < 1e6)) {
      throw new InvalidOptionException("warmUpEpochs", epochs, "0 or more, below 1000000");
    }
  }
}
