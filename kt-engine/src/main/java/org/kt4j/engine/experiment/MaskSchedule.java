package org.kt4j.engine.experiment;

import java.util.OptionalDouble;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * When weights are set to zero, over the steps of the whole training. Between two prunings, and
 * after the last one, the training goes on with what is left.
 */
public sealed interface MaskSchedule {

  /**
   * What is pruned before a step.
   *
   * @param step the number of steps of the run done before
   * @param stepsPerEpoch of the run
   * @param sparsity that is reached in the end
   * @return the share of the weights that are 0 from this step on; empty when nothing changes
   */
  OptionalDouble before(long step, int stepsPerEpoch, double sparsity);

  /**
   * The number of steps done before the last pruning.
   *
   * @param stepsPerEpoch of the run
   */
  long lastStep(int stepsPerEpoch);

  /** The schedule of a mask that names none. */
  static MaskSchedule defaults() {
    return Constant.defaults();
  }

  /**
   * All at once.
   *
   * @param fromEpoch epochs that are trained before
   */
  record Constant(@Description("epochs that are trained before, 0 to 1000000") int fromEpoch)
      implements MaskSchedule {

    /** Checks the range. */
    public Constant {
      require("fromEpoch", fromEpoch, 0);
    }

    /** Before the first step. */
    public static Constant defaults() {
      return new Constant(0);
    }

    @Override
    public OptionalDouble before(long step, int stepsPerEpoch, double sparsity) {
      return step == lastStep(stepsPerEpoch) ? OptionalDouble.of(sparsity) : OptionalDouble.empty();
    }

    @Override
    public long lastStep(int stepsPerEpoch) {
      return (long) fromEpoch * stepsPerEpoch;
    }
  }

  /**
   * Fast at first, then slower (Zhu and Gupta, To prune, or not to prune, 2017, equation 1): with
   * {@code t} the step, {@code t0} the first pruning, {@code D} the steps from one to the next, and
   * {@code n} how many follow the first,
   *
   * <pre>
   * s(t) = s_end + (s_initial - s_end) (1 - (t - t0) / (n D))^3   at t = t0, t0 + D, ..., t0 + n D
   * </pre>
   *
   * @param fromEpoch epochs that are trained before the first pruning
   * @param untilEpoch epochs after which no pruning follows
   * @param every steps from one pruning to the next; the paper tried 100 to 1000
   * @param initial the share of the weights that are 0 from the first pruning on
   */
  record Gradual(
      @Description("epochs that are trained before the first pruning, 0 to 1000000") int fromEpoch,
      @Description("epochs after which no pruning follows, above from-epoch, up to 1000000")
          int untilEpoch,
      @Description("steps from one pruning to the next, 1 to 1000000") int every,
      @Description("the share of the weights that are 0 from the first pruning on, 0 up to below 1")
          double initial)
      implements MaskSchedule {

    /** Checks the ranges. */
    public Gradual {
      require("fromEpoch", fromEpoch, 0);
      require("every", every, 1);
      if (untilEpoch <= fromEpoch || untilEpoch > PhaseConfig.MOST_EPOCHS) {
        throw new InvalidOptionException(
            "untilEpoch",
            untilEpoch,
            "above from-epoch, which is " + fromEpoch + ", up to " + PhaseConfig.MOST_EPOCHS);
      }
      if (!(initial >= 0 && initial < 1)) {
        throw new InvalidOptionException("initial", initial, "0 up to below 1");
      }
    }

    /** From the first step on. */
    public static int defaultFromEpoch() {
      return 0;
    }

    /** As often as the paper at most. */
    public static int defaultEvery() {
      return 100;
    }

    /** None. */
    public static double defaultInitial() {
      return 0;
    }

    private long first(int stepsPerEpoch) {
      return (long) fromEpoch * stepsPerEpoch;
    }

    /** How many prunings follow the first. */
    private long count(int stepsPerEpoch) {
      return Math.max(1, (long) (untilEpoch - fromEpoch) * stepsPerEpoch / every);
    }

    @Override
    public OptionalDouble before(long step, int stepsPerEpoch, double sparsity) {
      long since = step - first(stepsPerEpoch);
      if (since < 0 || since % every != 0 || step > lastStep(stepsPerEpoch)) {
        return OptionalDouble.empty();
      }
      double left = 1 - (double) since / (count(stepsPerEpoch) * every);
      double share = sparsity + (initial - sparsity) * left * left * left;
      return share > 0 ? OptionalDouble.of(share) : OptionalDouble.empty();
    }

    @Override
    public long lastStep(int stepsPerEpoch) {
      return first(stepsPerEpoch) + count(stepsPerEpoch) * every;
    }
  }

  /**
   * Pruned and trained in turns (Han et al., 2015, section 3): every round sets the same share of
   * the weights that are left to zero, {@code s(i) = 1 - (1 - s_end)^(i / n)} after round {@code i}
   * of {@code n}.
   *
   * @param fromEpoch epochs that are trained before the first round
   * @param rounds how often is pruned
   * @param epochs of the training between two rounds
   */
  record Rounds(
      @Description("epochs that are trained before the first round, 0 to 1000000") int fromEpoch,
      @Description("how often is pruned, 1 to 1000") int rounds,
      @Description("epochs of the training between two rounds, 1 to 1000000") int epochs)
      implements MaskSchedule {

    private static final int MOST_ROUNDS = 1000;

    /** Checks the ranges. */
    public Rounds {
      require("fromEpoch", fromEpoch, 0);
      require("epochs", epochs, 1);
      if (rounds < 1 || rounds > MOST_ROUNDS) {
        throw new InvalidOptionException("rounds", rounds, "1 to " + MOST_ROUNDS);
      }
    }

    /** Three, with an epoch in between. */
    public static Rounds defaults() {
      return new Rounds(0, 3, 1);
    }

    @Override
    public OptionalDouble before(long step, int stepsPerEpoch, double sparsity) {
      long since = step - (long) fromEpoch * stepsPerEpoch;
      long between = (long) epochs * stepsPerEpoch;
      if (since < 0 || since % between != 0 || since / between >= rounds) {
        return OptionalDouble.empty();
      }
      long round = since / between + 1;
      return OptionalDouble.of(
          round == rounds ? sparsity : 1 - Math.pow(1 - sparsity, (double) round / rounds));
    }

    @Override
    public long lastStep(int stepsPerEpoch) {
      return (fromEpoch + (rounds - 1L) * epochs) * stepsPerEpoch;
    }
  }

  private static void require(String key, int epochs, int least) {
    if (epochs < least || epochs > PhaseConfig.MOST_EPOCHS) {
      throw new InvalidOptionException(key, epochs, least + " to " + PhaseConfig.MOST_EPOCHS);
    }
  }
}
