package org.kt4j.engine.step;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.train.ResourceApplyMomentum;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt64;

/**
 * The operations that change variables by their gradients, according to an {@link OptimizerConfig}.
 */
final class OptimizerUpdates {

  private final OptimizerConfig config;
  private final Ops tf;
  private final Variables slots;
  private final Operand<TFloat32> learningRate;
  private final Map<Variable, Double> factors;
  private final Operand<TInt64> step;

  /**
   * Updates by a rule.
   *
   * @param factors of the learning rate, for variables that have one of their own
   * @param step steps done with these slots before this one
   */
  OptimizerUpdates(
      OptimizerConfig config,
      Ops tf,
      Variables slots,
      Operand<TFloat32> learningRate,
      Map<Variable, Double> factors,
      Operand<TInt64> step) {
    this.config = config;
    this.tf = tf;
    this.slots = slots;
    this.learningRate = learningRate;
    this.factors = factors;
    this.step = step;
  }

  /** One update for each variable; gradients stand in the order of the variables. */
  List<Op> of(List<Variable> variables, List<Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> limited = config.clipNorm() > 0 ? clipped(gradients) : gradients;
    List<Op> updates = new ArrayList<>();
    for (int i = 0; i < variables.size(); i++) {
      Variable variable = variables.get(i);
      // A name, no scope: opening one makes TensorFlow-Java list every operation of the graph.
      Ops scope = tf.withName(variable.path().replace('/', '.'));
      boolean decays = config.weightDecay() > 0 && (config.decayAll() || variable.kind().weight());
      updates.add(update(scope, variable, limited.get(i), decays));
    }
    return updates;
  }

  /** Scales all gradients so that their common norm is at most the limit. */
  private List<Operand<TFloat32>> clipped(List<Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> halfSquares = new ArrayList<>();
    gradients.forEach(gradient -> halfSquares.add(tf.nn.l2Loss(gradient)));
    Operand<TFloat32> norm = tf.math.sqrt(tf.math.mul(tf.math.addN(halfSquares), tf.constant(2f)));
    Operand<TFloat32> limit = tf.constant((float) config.clipNorm());
    Operand<TFloat32> factor = tf.math.div(limit, tf.math.maximum(norm, limit));
    List<Operand<TFloat32>> scaled = new ArrayList<>();
    gradients.forEach(gradient -> scaled.add(tf.math.mul(gradient, factor)));
    return scaled;
  }

  private Op update(Ops scope, Variable variable, Operand<TFloat32> gradient, boolean decays) {
    if (config instanceof OptimizerConfig.Sgd sgd) {
      return sgd(sgd, scope, variable, decays ? decayed(scope, variable, gradient) : gradient);
    }
    if (config instanceof OptimizerConfig.Adam adam) {
      Operand<TFloat32> whole = decays ? decayed(scope, variable, gradient) : gradient;
      return adam(scope, variable, whole, adam.beta1(), adam.beta2(), adam.epsilon());
    }
    if (config instanceof OptimizerConfig.AdamW adamW) {
      Ops behind = decays ? shrunk(scope, variable) : scope;
      return adam(behind, variable, gradient, adamW.beta1(), adamW.beta2(), adamW.epsilon());
    }
    throw new IllegalStateException("no such optimizer: " + config);
  }

  /** What follows happens after the variable has decayed by itself. */
  private Ops shrunk(Ops scope, Variable variable) {
    Operand<TFloat32> share =
        scope.math.mul(rate(variable), scope.constant((float) config.weightDecay()));
    Op shrink =
        scope.assignSubVariableOp(variable.handle(), scope.math.mul(variable.value(), share));
    return scope.withControlDependencies(shrink);
  }

  private Operand<TFloat32> decayed(Ops scope, Variable variable, Operand<TFloat32> gradient) {
    Operand<TFloat32> decay = scope.constant((float) config.weightDecay());
    return scope.math.add(gradient, scope.math.mul(variable.value(), decay));
  }

  private Op sgd(
      OptimizerConfig.Sgd rule, Ops scope, Variable variable, Operand<TFloat32> gradient) {
    if (rule.momentum() == 0) {
      return scope.train.resourceApplyGradientDescent(variable.handle(), rate(variable), gradient);
    }
    return scope.train.resourceApplyMomentum(
        variable.handle(),
        slot("momentum", variable).handle(),
        rate(variable),
        gradient,
        scope.constant((float) rule.momentum()),
        ResourceApplyMomentum.useNesterov(rule.nesterov()));
  }

  private Op adam(
      Ops scope,
      Variable variable,
      Operand<TFloat32> gradient,
      double firstDecay,
      double secondDecay,
      double epsilon) {
    Operand<TFloat32> beta1 = scope.constant((float) firstDecay);
    Operand<TFloat32> beta2 = scope.constant((float) secondDecay);
    Operand<TFloat32> count =
        scope.math.add(scope.dtypes.cast(step, TFloat32.class), scope.constant(1f));
    return scope.train.resourceApplyAdam(
        variable.handle(),
        slot("first-moment", variable).handle(),
        slot("second-moment", variable).handle(),
        scope.math.pow(beta1, count),
        scope.math.pow(beta2, count),
        rate(variable),
        beta1,
        beta2,
        scope.constant((float) epsilon),
        gradient);
  }

  private Operand<TFloat32> rate(Variable variable) {
    Double factor = factors.get(variable);
    return factor == null
        ? learningRate
        : tf.math.mul(learningRate, tf.constant(factor.floatValue()));
  }

  private Variable slot(String name, Variable variable) {
    return slots.filled(name + "/" + variable.path(), variable.shape(), Variable.Kind.SLOT, 0f);
  }
}
