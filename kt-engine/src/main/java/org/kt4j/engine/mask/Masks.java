package org.kt4j.engine.mask;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.WeightCriterion;
import org.kt4j.api.WeightSurvey;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.MaskConfig.Scope;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.run.TrainingException;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/**
 * The masks of a student in a graph of training. Each weight of a convolution or dense layer that
 * is learnt and not skipped has a variable of its shape beside it, {@code mask/conv1.weight}, with
 * 1 for each number that is learnt and 0 for each that is zero. Biases and normalisations have
 * none.
 *
 * <p>When a mask changes, the weight and what the optimizer remembers of it become 0 where it is.
 * From then on its gradient is multiplied by the mask in each step, before the gradients are
 * clipped. So a weight at zero has neither gradient nor moment nor decay, and every update leaves
 * it at zero; it does not count in the norm that gradients are clipped to, either.
 */
public final class Masks {

  private static final String WEIGHT = ".weight";

  private final ImageGraph graph;
  private final Variables masks;
  private final Map<Variable, Variable> byWeight = new LinkedHashMap<>();
  private final Map<Variable, Placeholder<TFloat32>> fed = new LinkedHashMap<>();
  private final List<Op> assignments = new ArrayList<>();
  private final List<Op> zeros = new ArrayList<>();
  private final Scope scope;

  /**
   * Adds the masks of a student to a graph.
   *
   * @param config null where nothing is masked
   * @param student all of its variables
   * @param fixed those that are not learnt
   */
  public Masks(
      ImageGraph graph, @Nullable MaskConfig config, Variables student, Set<Variable> fixed) {
    this.graph = graph;
    Ops root = graph.tf();
    masks = new Variables(root, "mask", 0);
    scope = config == null ? Scope.LAYER : config.keys().scope();
    if (config != null) {
      for (Variable weight : masked(config, student, fixed)) {
        Variable mask = masks.filled(weight.name(), weight.shape(), Variable.Kind.MASK, 1f);
        byWeight.put(weight, mask);
        Placeholder<TFloat32> given =
            root.placeholder(TFloat32.class, Placeholder.shape(weight.shape()));
        fed.put(mask, given);
        assignments.add(root.assignVariableOp(mask.handle(), given));
      }
    }
  }

  /** Their variables; none without a mask. */
  public Variables variables() {
    return masks;
  }

  /** The name of the layer of a weight. */
  static String layer(Variable weight) {
    String name = weight.name();
    return name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
  }

  private static List<Variable> layers(Variables student, Set<Variable> fixed) {
    return student.all().stream()
        .filter(
            variable ->
                switch (variable.kind()) {
                  case CONVOLUTION, DEPTHWISE, DENSE -> !fixed.contains(variable);
                  default -> false;
                })
        .toList();
  }

  private static List<Variable> masked(MaskConfig config, Variables student, Set<Variable> fixed) {
    return layers(student, fixed).stream()
        .filter(weight -> !config.keys().skip().contains(layer(weight)))
        .toList();
  }

  /**
   * Checks a mask against a student before anything is trained.
   *
   * @throws ConfigurationException when it names a layer that the student does not have, or leaves
   *     a layer without weights
   */
  public static void require(MaskConfig config, Variables student, Set<Variable> fixed) {
    List<String> names = layers(student, fixed).stream().map(Masks::layer).toList();
    Set<String> unknown = new TreeSet<>(config.keys().skip());
    names.forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      String first = unknown.iterator().next();
      throw ConfigurationException.of(
          "student.mask.skip: "
              + NearestName.unknown("layer", first, names)
              + "; allowed: convolutions and dense layers that are learnt");
    }
    List<Variable> weights = masked(config, student, fixed);
    if (weights.isEmpty()) {
      throw ConfigurationException.of(
          "student.mask: "
              + (names.isEmpty()
                  ? "the student has no layer whose weights could be masked; allowed: networks with"
                      + " convolutions or dense layers of Layers (conv, depthwiseConv, dense)"
                  : "skip leaves no layer to mask; fix: name fewer layers, or leave mask out"));
    }
    double sparsity = config.keys().sparsity();
    if (config.keys().scope() == Scope.LAYER) {
      for (Variable weight : weights) {
        long size = weight.shape().size();
        requireLeft(config.keys().sparsity(), weight, size - count(sparsity, size), "");
      }
    } else {
      long all = weights.stream().mapToLong(weight -> weight.shape().size()).sum();
      if (all - count(sparsity, all) < weights.size()) {
        throw ConfigurationException.of(
            "student.mask.sparsity: "
                + sparsity
                + " leaves "
                + (all - count(sparsity, all))
                + " of "
                + all
                + " weights to "
                + weights.size()
                + " layers, so that one would have none; fix: a lower sparsity, or name layers in"
                + " skip");
      }
    }
  }

  private static long count(double sparsity, long weights) {
    return SmallestScores.count(sparsity, weights);
  }

  private static void requireLeft(double sparsity, Variable weight, long left, String further) {
    if (left < 1) {
      throw ConfigurationException.of(
          "student.mask: a sparsity of "
              + sparsity
              + " sets all "
              + weight.shape().size()
              + " weights of the layer "
              + layer(weight)
              + " to zero, and nothing passes it; fix: a lower sparsity, or skip: ["
              + layer(weight)
              + "]"
              + further);
    }
  }

  /**
   * The gradients of variables, 0 where a mask is.
   *
   * @param tf where to put the operations
   * @param variables of any kind
   * @param gradients in the same order
   */
  public List<Operand<TFloat32>> masked(
      Ops tf, List<Variable> variables, List<Operand<TFloat32>> gradients) {
    List<Operand<TFloat32>> result = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      Variable mask = byWeight.get(variables.get(i));
      Operand<TFloat32> gradient = gradients.get(i);
      result.add(mask == null ? gradient : tf.math.mul(gradient, mask.value()));
    }
    return result;
  }

  /**
   * Also sets to zero what an optimizer remembers of a weight.
   *
   * @param slots the optimizer's, each with the path of its variable at the end of its name
   */
  public void remember(Collection<Variable> slots) {
    Ops tf = graph.tf();
    byWeight.forEach(
        (weight, mask) -> {
          zeros.add(held(tf, weight, mask));
          slots.stream()
              .filter(slot -> slot.name().endsWith("/" + weight.path()))
              .forEach(slot -> zeros.add(held(tf, slot, mask)));
        });
  }

  /** No product: that of a negative number would be -0. */
  private static Op held(Ops tf, Variable variable, Variable mask) {
    return tf.assignVariableOp(
        variable.handle(),
        tf.select(
            tf.math.greater(mask.value(), tf.constant(0f)),
            variable.value(),
            tf.zerosLike(variable.value())));
  }

  /**
   * Sets weights to zero, a function of the weights and masks that are there.
   *
   * @param sparsity the share that is zero afterwards
   * @param curvature measures second derivatives; null where they are not needed
   * @throws ConfigurationException when a layer would have no weight left; nothing has changed
   */
  void prune(double sparsity, WeightCriterion criterion, @Nullable Curvature curvature) {
    List<Variable> weights = List.copyOf(byWeight.keySet());
    List<double[]> second =
        curvature == null ? List.of() : curvature.of(weights, criterion.pictures());
    List<SmallestScores.Layer> layers = new ArrayList<>();
    for (int i = 0; i < weights.size(); i++) {
      Variable weight = weights.get(i);
      Survey survey =
          new Survey(layer(weight), graph.read(weight), second.isEmpty() ? null : second.get(i));
      layers.add(
          new SmallestScores.Layer(
              finite(criterion.scores(survey), survey), graph.read(mask(weight))));
    }
    List<float[]> found = SmallestScores.masks(layers, sparsity, scope);
    for (int i = 0; i < found.size(); i++) {
      requireLeft(
          sparsity,
          weights.get(i),
          learnt(found.get(i)),
          scope == Scope.GLOBAL ? ", or scope: layer, which leaves every layer its share" : "");
    }
    assign(weights, found);
  }

  private Variable mask(Variable weight) {
    Variable mask = byWeight.get(weight);
    if (mask == null) {
      throw new IllegalArgumentException(weight.path() + " has no mask");
    }
    return mask;
  }

  private void assign(List<Variable> weights, List<float[]> values) {
    List<Tensor> opened = new ArrayList<>();
    try {
      Session.Runner runner = graph.runner();
      for (int i = 0; i < weights.size(); i++) {
        TFloat32 tensor = TFloat32.tensorOf(weights.get(i).shape(), DataBuffers.of(values.get(i)));
        opened.add(tensor);
        Placeholder<TFloat32> given = fed.get(mask(weights.get(i)));
        if (given != null) {
          runner.feed(given, tensor);
        }
      }
      assignments.forEach(runner::addTarget);
      runner.run().close();
      graph.run(zeros);
    } finally {
      opened.forEach(Tensor::close);
    }
  }

  private static double[] finite(double[] scores, Survey survey) {
    if (scores.length != survey.weights().length) {
      throw new IllegalArgumentException(
          "the criterion gives "
              + scores.length
              + " scores for the "
              + survey.weights().length
              + " weights of "
              + survey.layer());
    }
    for (double score : scores) {
      if (!Double.isFinite(score)) {
        throw new TrainingException(
            "the score of a weight of "
                + survey.layer()
                + " is "
                + score
                + "; the last checkpoint is untouched. Lower the learning rate, or set"
                + " optimizer.clip-norm");
      }
    }
    return scores;
  }

  private static long learnt(float[] mask) {
    long learnt = 0;
    for (float each : mask) {
      learnt += each == 0 ? 0 : 1;
    }
    return learnt;
  }

  /**
   * Weights of one kind of layer or of all.
   *
   * @param weights that have a mask
   * @param zeros those that it holds at zero
   */
  record Count(long weights, long zeros) {}

  /** What the masks hold at zero now. */
  Count count() {
    long weights = 0;
    long zeros = 0;
    for (Variable mask : byWeight.values()) {
      long size = mask.shape().size();
      weights += size;
      zeros += size - learnt(graph.read(mask));
    }
    return new Count(weights, zeros);
  }

  /** What a criterion reads of a layer. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Survey(String layer, float[] weights, double @Nullable [] measured)
      implements WeightSurvey {

    @Override
    public double[] curvature() {
      double[] numbers = measured;
      if (numbers == null) {
        throw new IllegalStateException(
            "the criterion asks for no pictures to measure the curvature on");
      }
      return numbers;
    }
  }
}
