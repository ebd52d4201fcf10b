package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/** How gradients change the weights: the name of a rule, and what that rule needs. */
public sealed interface OptimizerConfig {

  /** The base of the schedule. */
  double learningRate();

  /** How strongly weights are drawn to zero; 0 for not at all. */
  double weightDecay();

  /** Whether biases and batch normalisations decay too. */
  boolean decayAll();

  /** The largest norm of the whole gradient; 0 for no limit. */
  double clipNorm();

  /** The optimizer of a configuration that names none. */
  static OptimizerConfig defaults() {
    return Sgd.defaults();
  }

  /**
   * Stochastic gradient descent with momentum, in PyTorch's form: {@code v = m v + g; w -= lr v}.
   *
   * @param learningRate the base of the schedule
   * @param momentum of the velocity
   * @param nesterov whether it looks ahead: {@code w -= lr (g + m v)}
   * @param weightDecay added to the gradient as {@code weightDecay * w}
   * @param decayAll whether biases and batch normalisations decay too
   * @param clipNorm largest norm of the whole gradient; 0 for no limit
   */
  record Sgd(
      @Description("base learning rate, above 0, below 1000000") double learningRate,
      @Description("from 0 to below 1") double momentum,
      @Description("look ahead") boolean nesterov,
      @Description("from 0 to below 1") double weightDecay,
      @Description("whether biases and batch normalisations decay too") boolean decayAll,
      @Description("largest norm of the whole gradient, up to 1e9; 0 for no limit") double clipNorm)
      implements OptimizerConfig {

    /** Checks the ranges. */
    public Sgd {
      requireShared(learningRate, weightDecay, clipNorm);
      requireShare("momentum", momentum);
    }

    /** Nesterov momentum 0.9, learning rate 0.1 and weight decay 1e-4, as for ResNets. */
    public static Sgd defaults() {
      return new Sgd(0.1, 0.9, true, 1e-4, false, 0);
    }
  }

  /**
   * Adam (Kingma and Ba, 2015).
   *
   * @param learningRate the base of the schedule
   * @param beta1 decay of the mean of gradients
   * @param beta2 decay of the mean of their squares
   * @param epsilon added to the root of that mean
   * @param weightDecay added to the gradient as {@code weightDecay * w}
   * @param decayAll whether biases and batch normalisations decay too
   * @param clipNorm largest norm of the whole gradient; 0 for no limit
   */
  record Adam(
      @Description("base learning rate, above 0, below 1000000") double learningRate,
      @Description("from 0 to below 1") double beta1,
      @Description("from 0 to below 1") double beta2,
      @Description("1e-30 to 1") double epsilon,
      @Description("from 0 to below 1") double weightDecay,
      @Description("whether biases and batch normalisations decay too") boolean decayAll,
      @Description("largest norm of the whole gradient, up to 1e9; 0 for no limit") double clipNorm)
      implements OptimizerConfig {

    /** Checks the ranges. */
    public Adam {
      requireShared(learningRate, weightDecay, clipNorm);
      requireMoments(beta1, beta2, epsilon);
    }

    /** The betas and epsilon of the paper, learning rate 0.1 and weight decay 1e-4. */
    public static Adam defaults() {
      return new Adam(0.1, 0.9, 0.999, 1e-8, 1e-4, false, 0);
    }
  }

  /**
   * Adam with decoupled weight decay (Loshchilov and Hutter, 2019).
   *
   * @param learningRate the base of the schedule
   * @param beta1 decay of the mean of gradients
   * @param beta2 decay of the mean of their squares
   * @param epsilon added to the root of that mean
   * @param weightDecay apart from the gradient: {@code w -= lr weightDecay w}
   * @param decayAll whether biases and batch normalisations decay too
   * @param clipNorm largest norm of the whole gradient; 0 for no limit
   */
  record AdamW(
      @Description("base learning rate, above 0, below 1000000") double learningRate,
      @Description("from 0 to below 1") double beta1,
      @Description("from 0 to below 1") double beta2,
      @Description("1e-30 to 1") double epsilon,
      @Description("from 0 to below 1; decoupled from the gradient") double weightDecay,
      @Description("whether biases and batch normalisations decay too") boolean decayAll,
      @Description("largest norm of the whole gradient, up to 1e9; 0 for no limit") double clipNorm)
      implements OptimizerConfig {

    /** Checks the ranges. */
    public AdamW {
      requireShared(learningRate, weightDecay, clipNorm);
      requireMoments(beta1, beta2, epsilon);
    }

    /** The betas and epsilon of Adam's paper, learning rate 0.1 and weight decay 1e-4. */
    public static AdamW defaults() {
      return new AdamW(0.1, 0.9, 0.999, 1e-8, 1e-4, false, 0);
    }
  }

  private static void requireShared(double learningRate, double weightDecay, double clipNorm) {
    require(
        learningRate > 0 && learningRate < 1e6,
        "learningRate",
        learningRate,
        "above 0, below 1000000");
    requireShare("weightDecay", weightDecay);
    require(
        clipNorm >= 0 && clipNorm <= 1e9, "clipNorm", clipNorm, "0 (no limit) or above, up to 1e9");
  }

  private static void requireMoments(double beta1, double beta2, double epsilon) {
    requireShare("beta1", beta1);
    requireShare("beta2", beta2);
    require(epsilon >= 1e-30 && epsilon <= 1, "epsilon", epsilon, "1e-30 to 1");
  }

  private static void requireShare(String option, double value) {
    require(value >= 0 && value < 1, option, value, "from 0 to below 1");
  }

  private static void require(boolean ok, String option, double value, String allowed) {
    if (!ok) {
      throw new InvalidOptionException(option, value, allowed);
    }
  }
}
