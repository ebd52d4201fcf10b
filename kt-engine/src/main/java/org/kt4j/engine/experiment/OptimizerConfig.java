package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * How gradients change the weights.
 *
 * @param name the rule
 * @param learningRate the base of the schedule
 * @param momentum of sgd, in PyTorch's form: {@code v = m v + g; w -= lr v}
 * @param nesterov whether sgd looks ahead: {@code w -= lr (g + m v)}
 * @param weightDecay added to the gradient as {@code weightDecay * w}; of adam-w, {@code w -= lr
 *     weightDecay w}
 * @param decayAll whether biases and batch normalisations decay too
 * @param clipNorm largest norm of the whole gradient; 0 for no limit
 * @param beta1 of adam and adam-w
 * @param beta2 of adam and adam-w
 * @param epsilon of adam and adam-w
 */
public record OptimizerConfig(
    @Description("sgd, adam or adam-w") Rule name,
    @Description("base learning rate, above 0") double learningRate,
    @Description("of sgd, from 0 to below 1") double momentum,
    @Description("of sgd: look ahead") boolean nesterov,
    @Description("0 or more; of adam-w it is decoupled from the gradient") double weightDecay,
    @Description("whether biases and batch normalisations decay too") boolean decayAll,
    @Description("largest norm of the whole gradient; 0 for no limit") double clipNorm,
    @Description("of adam and adam-w") double beta1,
    @Description("of adam and adam-w") double beta2,
    @Description("of adam and adam-w") double epsilon) {

  /** The rules. */
  public enum Rule {
    /** Stochastic gradient descent with momentum. */
    SGD,
    /** Adam (Kingma and Ba, 2015). */
    ADAM,
    /** Adam with decoupled weight decay (Loshchilov and Hutter, 2019). */
    ADAM_W
  }

  /** Checks the ranges. */
  public OptimizerConfig {
    require(
        learningRate > 0 && learningRate < 1e6,
        "learningRate",
        learningRate,
        "above 0, below 1000000");
    require(momentum >= 0 && momentum < 1, "momentum", momentum, "from 0 to below 1");
    require(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "from 0 to below 1");
    require(clipNorm >= 0, "clipNorm", clipNorm, "0 (no limit) or above");
    require(beta1 >= 0 && beta1 < 1, "beta1", beta1, "from 0 to below 1");
    require(beta2 >= 0 && beta2 < 1, "beta2", beta2, "from 0 to below 1");
    require(epsilon > 0, "epsilon", epsilon, "above 0");
  }

  private static void require(boolean ok, String option, double value, String allowed) {
    if (!ok) {
      throw new InvalidOptionException(option, value, allowed);
    }
  }

  /** SGD with Nesterov momentum 0.9, learning rate 0.1 and weight decay 1e-4, as for ResNets. */
  public static OptimizerConfig defaults() {
    return new OptimizerConfig(Rule.SGD, 0.1, 0.9, true, 1e-4, false, 0, 0.9, 0.999, 1e-8);
  }
}
