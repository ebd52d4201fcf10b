package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/** The factor of a term's loss: a number, or one that changes during the phase. */
public sealed interface TermWeight {

  /** The greatest weight that is allowed. */
  double MOST = 1e9;

  /** A number. */
  static TermWeight of(double value) {
    return new Constant(value);
  }

  /**
   * The factor in a step.
   *
   * @param step of the phase, from 0
   * @param stepsPerEpoch of the run
   */
  double at(long step, int stepsPerEpoch);

  /** The largest that it becomes. */
  double largest();

  /** As it is shown to people: {@code 8}, or {@code 0 to 8 over 20 epochs}. */
  String described();

  /**
   * The same in every step.
   *
   * @param value 0 to 1e9
   */
  record Constant(double value) implements TermWeight {

    /** Checks the range. */
    public Constant {
      requireWeight("weight", value);
    }

    @Override
    public double at(long step, int stepsPerEpoch) {
      return value;
    }

    @Override
    public double largest() {
      return value;
    }

    @Override
    public String described() {
      return plain(value);
    }
  }

  /**
   * Grows or falls in equal parts from step to step, and stays at its end.
   *
   * @param from in the first step
   * @param to after the epochs
   * @param epochs that it takes, 1 or more
   */
  record Ramp(
      @Description("in the first step, 0 to 1e9") double from,
      @Description("after the epochs, 0 to 1e9") double to,
      @Description("how many epochs it takes, 1 to 1000000") int epochs)
      implements TermWeight {

    /** Checks the ranges. */
    public Ramp {
      requireWeight("from", from);
      requireWeight("to", to);
      if (epochs < 1 || epochs > PhaseConfig.MOST_EPOCHS) {
        throw new InvalidOptionException("epochs", epochs, "1 to " + PhaseConfig.MOST_EPOCHS);
      }
    }

    @Override
    public double at(long step, int stepsPerEpoch) {
      double done = step / ((double) epochs * Math.max(1, stepsPerEpoch));
      return done >= 1 ? to : from + (to - from) * done;
    }

    @Override
    public double largest() {
      return Math.max(from, to);
    }

    @Override
    public String described() {
      return plain(from)
          + " to "
          + plain(to)
          + " over "
          + epochs
          + (epochs == 1 ? " epoch" : " epochs");
    }
  }

  /**
   * A share of the labels' gradient: before the first step of the phase the weight is set so that
   * the term's gradient is this many times as long as that of the terms that learn from labels, on
   * the first batches.
   *
   * @param share above 0, up to 1000
   */
  record Share(
      @Description("the gradient's length over that of the label terms, above 0, up to 1000")
          double share)
      implements TermWeight {

    /** Checks the range. */
    public Share {
      if (!(share > 0 && share <= 1000)) {
        throw new InvalidOptionException("share", share, "above 0, up to 1000");
      }
    }

    @Override
    public double at(long step, int stepsPerEpoch) {
      throw new IllegalStateException("the weight of a share is measured");
    }

    @Override
    public double largest() {
      return share;
    }

    @Override
    public String described() {
      return "share " + plain(share);
    }
  }

  private static void requireWeight(String option, double weight) {
    if (!(weight >= 0 && weight <= MOST)) {
      throw new InvalidOptionException(option, weight, "0 to 1e9");
    }
  }

  private static String plain(double value) {
    String text = Double.toString(value);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }
}
