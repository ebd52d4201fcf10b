package org.kt4j.engine.teacher;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.ndarray.Shape;

/**
 * What the variables of a network are called in some weights: their own names, or those of another
 * library, behind a prefix.
 *
 * @param prefix of all names; empty where there is none
 * @param ofOthers whether they are those of another library
 * @param name of a variable there, by its own name
 */
record NamesInFile(String prefix, boolean ofOthers, UnaryOperator<String> name) {

  /**
   * The names by which most variables are found.
   *
   * @throws WeightsException when the network is there under several prefixes
   */
  static NamesInFile of(Weights weights, Variables variables) {
    NamesInFile own = found(weights, variables, false, UnaryOperator.identity());
    if (!variables.hasOtherNames()) {
      return own;
    }
    NamesInFile others = found(weights, variables, true, variables::otherName);
    return others.count(weights, variables) > own.count(weights, variables) ? others : own;
  }

  /** What a variable is called in the weights. */
  String of(Variable variable) {
    return prefix + name.apply(variable.name());
  }

  /** Whether an array of a shape holds the numbers of a variable, one behind the other. */
  boolean fits(Shape given, Variable variable) {
    Shape expected = Weights.torchShape(variable.kind(), variable.shape());
    // timm has convolutions as large as their map where others have dense layers.
    boolean flattened =
        ofOthers
            && variable.kind() == Variable.Kind.DENSE
            && given.numDimensions() == 4
            && given.get(0) == expected.get(0)
            && given.size() == expected.size();
    return given.equals(expected) || flattened;
  }

  private long count(Weights weights, Variables variables) {
    return variables.all().stream().filter(v -> weights.arrays().containsKey(of(v))).count();
  }

  /**
   * With what stands before the names of the variables, as in the files of wrapped modules: {@code
   * module.} of DataParallel, {@code model.} of Lightning, {@code _orig_mod.} of torch.compile. It
   * is empty when a variable is there by its own name, or less than half of them is under one
   * prefix.
   */
  private static NamesInFile found(
      Weights weights, Variables variables, boolean ofOthers, UnaryOperator<String> name) {
    Set<String> arrays = weights.arrays().keySet();
    Set<String> names =
        variables.all().stream()
            .map(variable -> name.apply(variable.name()))
            .collect(Collectors.toUnmodifiableSet());
    if (names.stream().anyMatch(arrays::contains)) {
      return new NamesInFile("", ofOthers, name);
    }
    Map<String, Integer> found = new TreeMap<>();
    for (String array : arrays) {
      for (int at = 0; at < array.length(); at++) {
        boolean separates = array.charAt(at) == '.' || array.charAt(at) == '/';
        if (separates && names.contains(array.substring(at + 1))) {
          found.merge(array.substring(0, at + 1), 1, Integer::sum);
        }
      }
    }
    int enough = Math.max(1, Math.min(names.size(), arrays.size()) / 2);
    int most = Math.max(enough, found.values().stream().mapToInt(i -> i).max().orElse(0));
    List<String> prefixes =
        found.keySet().stream().filter(each -> found.getOrDefault(each, 0) == most).toList();
    if (prefixes.size() > 1 && most == names.size()) {
      String first = prefixes.get(0);
      throw new WeightsException(
          weights.source(),
          "holds this network more than once, under "
              + String.join(" and ", prefixes)
              + "; fix: name one of them, such as part: "
              + first.substring(0, first.length() - 1),
          null);
    }
    return new NamesInFile(prefixes.size() == 1 ? prefixes.get(0) : "", ofOthers, name);
  }
}
