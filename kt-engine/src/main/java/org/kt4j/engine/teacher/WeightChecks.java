package org.kt4j.engine.teacher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoublePredicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.NearestName;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.ndarray.Shape;

/**
 * Whether weights are those of a network, and the message when they are not.
 *
 * @param names of the variables in the weights
 */
record WeightChecks(Weights weights, Variables variables, NamesInFile names) {

  /** What numpy.savez calls arrays that it was given without a name. */
  private static final Pattern POSITIONAL = Pattern.compile("arr_\\d+");

  /** The types in which quantised networks keep the weights of their layers. */
  private static final Set<String> QUANTISED = Set.of("int8", "uint8");

  private static final String VARIANCE = "running_var";

  private String name(Variable variable) {
    return names.of(variable);
  }

  /** The name in the weights, with that of the network where it is another. */
  private String bothNames(Variable variable) {
    return names.ofOthers() ? name(variable) + " (here: " + variable.name() + ")" : name(variable);
  }

  /** The array of a variable's name; null where there is none. */
  Weights.@Nullable Array array(Variable variable) {
    return weights.arrays().get(name(variable));
  }

  private WeightsException wrong(String what, List<String> problems, String advice) {
    return new WeightsException(weights.source(), what, problems, advice);
  }

  /**
   * Requires numbers under names.
   *
   * @throws WeightsException when no array has a name, or when an array of a variable's name is of
   *     a type that is none of weights
   */
  void requireTypes() {
    Set<String> names = weights.arrays().keySet();
    if (!names.isEmpty() && names.stream().allMatch(name -> POSITIONAL.matcher(name).matches())) {
      throw wrong(
          "holds " + names.size() + " arrays without a parameter's name: ",
          List.copyOf(names),
          "; fix: numpy.savez(file, **state), not numpy.savez(file, *state.values())");
    }
    Map<String, String> types = new LinkedHashMap<>();
    List<String> quantised = new ArrayList<>();
    for (Variable variable : variables.all()) {
      Weights.Array array = array(variable);
      String other = weights.others().get(name(variable));
      if (array == null && other != null) {
        types.put(name(variable), other);
      } else if (array != null && variable.kind().weight() && QUANTISED.contains(array.type())) {
        quantised.add(name(variable) + " (" + array.type() + ")");
      }
    }
    if (!types.isEmpty()) {
      throw wrong(
          "",
          types.entrySet().stream()
              .map(each -> each.getKey() + " is " + NpyNumbers.described(each.getValue()))
              .toList(),
          "; allowed: "
              + NpyNumbers.ALLOWED
              + "; fix: "
              + NpyNumbers.fix(types.values().iterator().next()));
    }
    if (!quantised.isEmpty()) {
      throw wrong(
          "weights are whole numbers of 8 bits, as in a quantised network: ",
          quantised,
          "; allowed: floats; fix: dequantise, as value.dequantize() does in PyTorch, or save the"
              + " network from before it was quantised");
    }
  }

  /**
   * Requires an array of the right shape for each variable, and no others.
   *
   * @param arrays names of those that the network must have
   * @throws WeightsException when a variable has none, or an array has no variable
   */
  void requireFit(Set<String> arrays) {
    Set<String> unused = new TreeSet<>(arrays);
    variables.all().forEach(variable -> unused.remove(name(variable)));
    List<String> problems = new ArrayList<>();
    Set<String> fixes = new LinkedHashSet<>();
    boolean permuted = true;
    for (Variable variable : variables.all()) {
      Weights.Array array = array(variable);
      Shape expected = Weights.torchShape(variable.kind(), variable.shape());
      if (array == null) {
        problems.add(bothNames(variable) + missing(name(variable), unused));
        permuted = false;
      } else if (!names.fits(array.shape(), variable)) {
        problems.add(
            bothNames(variable) + " is " + array.shape() + ", the network has " + expected);
        String fix = rearranged(array.shape(), variable, expected);
        permuted &= !fix.isEmpty();
        fixes.add(fix);
      }
    }
    requireNoSigns(unused);
    if (problems.isEmpty()) {
      requireNoRanges(unused);
      requireNoneBeside(unused);
    }
    permuted &= unused.isEmpty();
    unused.forEach(name -> problems.add(name + " is in the file but not in the network"));
    if (!problems.isEmpty()) {
      throw permuted
          ? wrong(
              "arrays in another layout than PyTorch's: ",
              problems,
              "; fix: " + String.join(", ", fixes))
          : wrong(
              "weights of another network: ",
              problems,
              !fixes.isEmpty()
                  ? "; fix: name the network and the options that they were trained with, for data of"
                      + " as many classes"
                  : "");
    }
  }

  /**
   * Requires the right shape of each array that has a variable.
   *
   * @param without variables that are passed over
   * @throws WeightsException when one has another
   */
  void requireShapes(Set<Variable> without) {
    List<String> problems = new ArrayList<>();
    Set<String> fixes = new LinkedHashSet<>();
    for (Variable variable : variables.all()) {
      Weights.Array array = without.contains(variable) ? null : array(variable);
      Shape expected = Weights.torchShape(variable.kind(), variable.shape());
      if (array != null && !names.fits(array.shape(), variable)) {
        problems.add(
            bothNames(variable) + " is " + array.shape() + ", the network has " + expected);
        fixes.add(rearranged(array.shape(), variable, expected));
      }
    }
    if (!problems.isEmpty()) {
      boolean permuted = fixes.stream().noneMatch(String::isEmpty);
      throw permuted
          ? wrong(
              "arrays in another layout than PyTorch's: ",
              problems,
              "; fix: " + String.join(", ", fixes))
          : wrong(
              "weights of another network: ",
              problems,
              "; allowed: other shapes only where they follow from the number of classes; fix: name"
                  + " the network and the options that they were trained with, for pictures of as"
                  + " many channels");
    }
  }

  private static String missing(String name, Set<String> unused) {
    return " is missing"
        + NearestName.of(name, unused).map(near -> " (is it " + near + "?)").orElse("");
  }

  /** What brings an array into a shape, where its axes are the same ones; else empty. */
  private static String rearranged(Shape given, Variable variable, Shape expected) {
    if (given.equals(variable.shape())) { // which is not PyTorch's
      return switch (variable.kind()) {
        case CONVOLUTION -> "value.transpose(3, 2, 0, 1) for convolutions";
        case DEPTHWISE -> "value.transpose(2, 3, 0, 1) for depthwise convolutions";
        case DENSE -> "value.T for dense layers";
        default -> "";
      };
    }
    boolean sameButOnes = withoutOnes(given).equals(withoutOnes(expected));
    return sameButOnes ? "value.reshape(shape) with the network's shape" : "";
  }

  private static List<Long> withoutOnes(Shape shape) {
    List<Long> axes = new ArrayList<>();
    for (long size : shape.asArray()) {
      if (size != 1) {
        axes.add(size);
      }
    }
    return axes;
  }

  /**
   * Throws when ranges of activations lie beside a whole network: in floats it would answer
   * otherwise than the student that it was.
   */
  private void requireNoRanges(Set<String> unused) {
    List<String> ranges = unused.stream().filter(Quantization::isRange).toList();
    if (!ranges.isEmpty()) {
      throw wrong(
          "the weights of a student with quantization, beside which ranges of its activations are"
              + " stored: ",
          ranges,
          "; allowed: weights of a network in floats; fix: name the run of the student, which says"
              + " how it is rounded");
    }
  }

  /** Throws when weights are those of a network of signs, whole or packed. */
  private void requireNoSigns(Set<String> unused) {
    List<String> ofSigns = unused.stream().filter(PackedWeights::isOfSigns).toList();
    if (!ofSigns.isEmpty()) {
      throw wrong(
          "the weights of a student of signs, as these arrays say: ",
          ofSigns,
          "; allowed: weights of a network in floats; fix: name the run of the student, which says"
              + " how it computes");
    }
  }

  /**
   * Throws when arrays lie beside a whole network that are no part of it by their first name, such
   * as an optimizer's; more layers of the same blocks are a deeper network.
   */
  private void requireNoneBeside(Set<String> unused) {
    Set<String> roots =
        variables.all().stream()
            .map(variable -> root(name(variable)))
            .collect(Collectors.toUnmodifiableSet());
    Map<String, Integer> beside = new TreeMap<>();
    unused.forEach(name -> beside.merge(root(name), 1, Integer::sum));
    if (beside.isEmpty() || beside.keySet().stream().anyMatch(roots::contains)) {
      return;
    }
    throw wrong(
        "arrays that are not in the network: ",
        beside.entrySet().stream()
            .map(each -> each.getKey() + " (" + each.getValue() + ")")
            .toList(),
        "; fix: leave "
            + String.join(" and ", beside.keySet())
            + " out of the file"
            + (names.prefix().isEmpty()
                ? ""
                : ", or take the network alone: part: "
                    + names.prefix().substring(0, names.prefix().length() - 1)));
  }

  /** A name up to its first separator, with a star for the rest. */
  private static String root(String name) {
    for (int at = 0; at < name.length(); at++) {
      if (name.charAt(at) == '.' || name.charAt(at) == '/') {
        return name.substring(0, at + 1) + "*";
      }
    }
    return name;
  }

  /**
   * Requires numbers with which a network computes numbers.
   *
   * @throws WeightsException when one is not finite, or a variance is below 0
   */
  void requireValues() {
    List<String> odd = new ArrayList<>();
    List<String> negative = new ArrayList<>();
    for (Variable variable : variables.all()) {
      Weights.Array array = array(variable);
      if (array == null) {
        continue;
      }
      boolean isVariance =
          variable.kind() == Variable.Kind.RUNNING_STATISTIC && variable.name().endsWith(VARIANCE);
      float[] values = array.values();
      note(variable, values, value -> !Double.isFinite(value), odd);
      note(variable, values, value -> isVariance && value < 0, negative);
    }
    if (!odd.isEmpty()) {
      throw wrong(
          "weights that are NaN, infinite or beyond float32: ",
          odd,
          "; allowed: finite numbers; fix: save weights from before the training diverged, or train"
              + " again");
    }
    if (!negative.isEmpty()) {
      throw wrong(
          "variances of batch normalization below 0: ",
          negative,
          "; allowed: 0 or more; fix: save " + VARIANCE + " of the trained network as it is");
    }
  }

  private void note(Variable variable, float[] values, DoublePredicate odd, List<String> problems) {
    int count = 0;
    for (float value : values) {
      count += odd.test(value) ? 1 : 0;
    }
    if (count > 0) {
      problems.add(name(variable) + ": " + count + " of " + values.length);
    }
  }
}
