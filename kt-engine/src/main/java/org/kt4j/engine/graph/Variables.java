package org.kt4j.engine.graph;

import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.kt4j.config.ConfigurationException;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.ReadVariableOp;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.types.TFloat32;

/**
 * A set of variables: the student's, the auxiliary ones of the terms, the frozen ones of a teacher,
 * or the slots of an optimizer. Asking twice for a name gives the same variable, which is how one
 * network is built for training and for evaluation over the same weights.
 */
public final class Variables {

  /** The part that gives an answer for each class; the last layer of a classifier. */
  public static final String HEAD = "head";

  /** The part that everything of a network but its head belongs to. */
  public static final String BACKBONE = "backbone";

  private final Ops tf;
  private final Ops initial;
  private final String prefix;
  private final long seed;
  private final Map<String, Variable> byName = new LinkedHashMap<>();
  private final Map<Variable, Float> limits = new LinkedHashMap<>();
  private final Map<String, Set<Variable>> parts = new LinkedHashMap<>();
  private final Map<Variable, ClassOutputs> classOutputs = new LinkedHashMap<>();
  private Set<String> frozen = Set.of();
  private final Map<String, String> otherNames = new HashMap<>();
  private long numbers;

  /**
   * An empty set.
   *
   * @param root operations at the top of the graph
   * @param prefix the first part of every path, such as {@code student}
   * @param seed of the first values; each variable draws from a stream of its own, decided by seed
   *     and name, so that adding a layer leaves the others as they were
   */
  public Variables(Ops root, String prefix, long seed) {
    this.tf = root.withSubScope(prefix);
    this.initial = tf.withSubScope("initial");
    this.prefix = prefix;
    this.seed = seed;
  }

  /** All variables in the order of their first use. */
  public Collection<Variable> all() {
    return Collections.unmodifiableCollection(byName.values());
  }

  /** Those that an optimizer updates. */
  public List<Variable> trainable() {
    return byName.values().stream().filter(v -> v.kind().trainable()).toList();
  }

  /**
   * Keeps the numbers of a variable from {@code -limit} to {@code limit}: an update that leads
   * beyond ends there.
   */
  public void limit(Variable variable, float limit) {
    limits.put(variable, limit);
  }

  /** The variables with a limit. */
  public Map<Variable, Float> limits() {
    return Collections.unmodifiableMap(limits);
  }

  /**
   * Keeps variables as they are in training. A batch normalisation whose statistics are frozen uses
   * them in training too. Called before anything is built.
   *
   * @param names of variables
   */
  public void freeze(Set<String> names) {
    frozen = Set.copyOf(names);
  }

  /** Whether training leaves the variable of a name as it is. */
  public boolean isFrozen(String name) {
    return frozen.contains(name);
  }

  /** The variables that came after so many others, in the order of their first use. */
  List<Variable> since(int others) {
    return byName.values().stream().skip(others).toList();
  }

  /**
   * Says that variables belong to a part of the network. They may belong to several.
   *
   * @param name of the part, such as {@code stage1}
   */
  public void part(String name, Collection<Variable> variables) {
    if (!variables.isEmpty()) {
      parts.computeIfAbsent(name, part -> new LinkedHashSet<>()).addAll(variables);
    }
  }

  /** The parts of the network in the order of the forward pass, none of them empty. */
  public Map<String, Set<Variable>> parts() {
    return Collections.unmodifiableMap(parts);
  }

  /**
   * Says that the shape of a variable follows from the number of classes, in its last axis.
   *
   * @param outputs for a number of classes
   */
  public void outputsOfClasses(Variable variable, ClassOutputs outputs) {
    classOutputs.put(variable, outputs);
  }

  /** The variables whose shape follows from the number of classes. */
  public Map<Variable, ClassOutputs> outputsOfClasses() {
    return Collections.unmodifiableMap(classOutputs);
  }

  /** Notes what another library calls a layer, in whose files weights may lie. */
  public void otherName(String layer, String other) {
    otherNames.put(layer, other);
  }

  /** Whether another library calls a layer by another name. */
  public boolean hasOtherNames() {
    return !otherNames.isEmpty();
  }

  /** What another library calls a variable, by the name that it has here. */
  public String otherName(String variable) {
    int dot = variable.lastIndexOf('.');
    String layer = dot < 0 ? variable : variable.substring(0, dot);
    return otherNames.getOrDefault(layer, layer) + variable.substring(layer.length());
  }

  /** The number of trainable parameters. */
  public long parameterCount() {
    return trainable().stream().mapToLong(v -> v.shape().size()).sum();
  }

  /**
   * A variable filled with one number at first.
   *
   * @throws IllegalStateException when the name is taken by a variable of another shape
   * @throws ConfigurationException when the set no longer fits into the machine's memory
   */
  public Variable filled(String name, Shape shape, Variable.Kind kind, float value) {
    return get(name, shape, kind, tf -> tf.fill(tf.constant(shape), tf.constant(value)));
  }

  /**
   * A variable drawn at first from a normal distribution of variance 2 / fan-in (He et al., 2015).
   *
   * @param fanIn the number of inputs of one output
   * @throws IllegalStateException when the name is taken by a variable of another shape
   * @throws ConfigurationException when the set no longer fits into the machine's memory
   */
  public Variable heNormal(String name, Shape shape, Variable.Kind kind, long fanIn) {
    return normal(name, shape, kind, Math.sqrt(2.0 / fanIn));
  }

  /**
   * A variable drawn at first from a normal distribution around 0.
   *
   * @param deviation its standard deviation
   * @throws IllegalStateException when the name is taken by a variable of another shape
   * @throws ConfigurationException when the set no longer fits into the machine's memory
   */
  public Variable normal(String name, Shape shape, Variable.Kind kind, double deviation) {
    long[] stream = {seed, name.hashCode()};
    return get(
        name,
        shape,
        kind,
        tf ->
            tf.math.mul(
                tf.random.statelessRandomNormal(tf.constant(shape), tf.constant(stream)),
                tf.constant((float) deviation)));
  }

  /**
   * A variable drawn at first from a uniform distribution around 0 of variance 1 / C, where C is
   * the last axis: rows of about length one.
   *
   * @throws IllegalStateException when the name is taken by a variable of another shape
   * @throws ConfigurationException when the set no longer fits into the machine's memory
   */
  public Variable unitRows(String name, Shape shape, Variable.Kind kind) {
    long[] stream = {seed, name.hashCode()};
    double limit = Math.sqrt(3.0 / shape.get(shape.numDimensions() - 1));
    return get(
        name,
        shape,
        kind,
        tf ->
            tf.math.mul(
                tf.math.sub(
                    tf.random.statelessRandomUniform(tf.constant(shape), tf.constant(stream)),
                    tf.constant(0.5f)),
                tf.constant((float) (2 * limit))));
  }

  /**
   * Refuses what does not fit, before TensorFlow sees it: it ends the process when a size
   * overflows.
   */
  private void requireRoom(String name, Shape shape) {
    double size = 1;
    for (long side : shape.asArray()) {
      size *= side;
      if (side < 1) {
        throw ConfigurationException.of(
            prefix
                + ": the weight "
                + name
                + " would have the shape "
                + shape
                + "; no size may be"
                + " below 1; fix: options of the network that make no layer empty");
      }
    }
    double all = numbers + size;
    if (size > Integer.MAX_VALUE) {
      throw tooLarge(
          String.format(
              Locale.ROOT,
              "the weight %s of the shape %s has %.3g numbers; allowed: %d in one weight",
              name,
              shape,
              size,
              Integer.MAX_VALUE));
    }
    long memory = MachineMemory.bytes();
    if (all * Float.BYTES > memory) {
      throw tooLarge(
          String.format(
              Locale.ROOT,
              "with the weight %s of the shape %s it has %.3g numbers, which are %s; allowed: %s,"
                  + " the memory of this machine",
              name,
              shape,
              all,
              MachineMemory.gibibytes(all * Float.BYTES),
              MachineMemory.gibibytes((double) memory)));
    }
    numbers += (long) size;
  }

  private ConfigurationException tooLarge(String why) {
    return ConfigurationException.of(
        prefix
            + ": the network is too large: "
            + why
            + "; fix: a network with fewer or narrower layers (such as a smaller width or depth)");
  }

  private Variable get(
      String name, Shape shape, Variable.Kind kind, Function<Ops, Operand<TFloat32>> first) {
    Variable known = byName.get(name);
    if (known != null) {
      if (!known.shape().equals(shape)) {
        throw new IllegalStateException(
            "variable " + known.path() + " is used as " + known.shape() + " and as " + shape);
      }
      return known;
    }
    requireRoom(name, shape);
    String path = prefix + "/" + name;
    String operation = name.replace('/', '.');
    VarHandleOp handle =
        tf.withName(operation).varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(path));
    ReadVariableOp<TFloat32> value =
        tf.withName(operation + ".value").readVariableOp(handle, TFloat32.class);
    Op assign = initial.assignVariableOp(handle, first.apply(initial));
    Variable variable = new Variable(name, path, shape, kind, handle, value.asOutput(), assign);
    byName.put(name, variable);
    return variable;
  }
}
