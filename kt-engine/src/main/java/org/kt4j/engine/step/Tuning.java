package org.kt4j.engine.step;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.graph.Quantization;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;

/**
 * Which variables of the student a phase leaves as they are, and how fast the others learn.
 *
 * <p>A name is that of a part of the network, such as {@code stage1}, of a layer, such as {@code
 * layer1.0.conv1}, or what the names of several layers begin with up to a point, such as {@code
 * layer1.0}. A layer is frozen with all of its variables. A batch normalisation then uses its
 * running statistics in training as well, and they stay as they are; the ranges of a rounded
 * student are measured all the same.
 *
 * @param frozen names of variables
 * @param factors of the learning rate, by the name of the variable; 1 for all others
 */
public record Tuning(Set<String> frozen, Map<String, Double> factors) {

  /** All variables learn at one rate. */
  public static final Tuning ALL = new Tuning(Set.of(), Map.of());

  /** Copies the collections. */
  public Tuning {
    frozen = Set.copyOf(frozen);
    factors = Map.copyOf(factors);
  }

  /**
   * What a phase says of the variables of a student.
   *
   * @param phase its index, for messages
   * @param student all of its variables
   * @param fixed those that are not learnt in any phase
   * @throws ConfigurationException when it names what the student does not have, names one thing
   *     twice, or leaves nothing to learn
   */
  public static Tuning of(PhaseConfig config, int phase, Variables student, Set<Variable> fixed) {
    if (!config.tunes()) {
      return ALL;
    }
    String place = "phases[" + phase + "].";
    List<String> problems = new ArrayList<>();
    Set<String> frozen = new LinkedHashSet<>();
    for (int i = 0; i < config.frozen().size(); i++) {
      String name = config.frozen().get(i);
      Set<Variable> named = named(student, name);
      if (named.isEmpty()) {
        problems.add(place + "freeze[" + i + "]: " + unknown(student, name));
      }
      named.forEach(variable -> frozen.add(variable.name()));
    }
    Map<String, Double> factors = new LinkedHashMap<>();
    Map<String, String> namedBy = new LinkedHashMap<>();
    config
        .factors()
        .forEach(
            (name, factor) -> {
              Set<Variable> named = named(student, name);
              String key = place + "learning-rates." + name + ": ";
              if (named.isEmpty()) {
                problems.add(key + unknown(student, name));
              } else if (named.stream().allMatch(each -> frozen.contains(each.name()))) {
                problems.add(
                    key
                        + "is frozen in this phase, so that it has no learning rate; fix: leave it"
                        + " out, or name less in freeze");
              }
              for (Variable variable : named) {
                String before = namedBy.putIfAbsent(variable.name(), name);
                if (before != null) {
                  problems.add(
                      key
                          + variable.layer()
                          + " has its factor by "
                          + before
                          + " already; allowed: one factor for a layer; fix: name parts that have"
                          + " no layer in common");
                  break;
                }
                factors.put(variable.name(), factor);
              }
            });
    if (problems.isEmpty()
        && student.trainable().stream()
            .allMatch(each -> fixed.contains(each) || frozen.contains(each.name()))) {
      problems.add(
          place
              + "freeze: nothing of the student is left to learn; fix: leave a part out, such as "
              + (student.parts().containsKey(Variables.HEAD)
                  ? Variables.HEAD
                  : config.frozen().get(0)));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return new Tuning(frozen, factors);
  }

  /** The variables of a name; ranges of activations are none of them. */
  private static Set<Variable> named(Variables student, String name) {
    Set<Variable> named = new LinkedHashSet<>(student.parts().getOrDefault(name, Set.of()));
    student.all().stream()
        .filter(each -> each.layer().equals(name) || each.layer().startsWith(name + "."))
        .forEach(named::add);
    named.removeIf(each -> Quantization.isRange(each.name()));
    return named;
  }

  private static String unknown(Variables student, String name) {
    Set<String> known = new LinkedHashSet<>(student.parts().keySet());
    Set<String> all = new LinkedHashSet<>(known);
    for (Variable variable : student.all()) {
      String layer = variable.layer();
      known.add(layer.split("\\.", 2)[0]);
      for (int at = layer.indexOf('.'); at >= 0; at = layer.indexOf('.', at + 1)) {
        all.add(layer.substring(0, at));
      }
      all.add(layer);
    }
    all.addAll(known);
    return "the student has no part or layer '"
        + name
        + "'; known: "
        + String.join(", ", known)
        + ", and longer names of layers"
        + NearestName.of(name, all).map(near -> "; did you mean '" + near + "'?").orElse("");
  }

  /**
   * What is frozen, in words, for people.
   *
   * @param config of the phase
   * @param student all of its variables
   */
  public String described(PhaseConfig config, Variables student) {
    List<String> words = new ArrayList<>();
    if (!frozen.isEmpty()) {
      long parameters =
          student.trainable().stream()
              .filter(each -> frozen.contains(each.name()))
              .mapToLong(each -> each.shape().size())
              .sum();
      words.add(
          String.format(
              Locale.ROOT,
              "frozen: %s, %,d of %,d parameters",
              String.join(", ", config.frozen()),
              parameters,
              student.parameterCount()));
    }
    if (!factors.isEmpty()) {
      words.add(
          "learning rates: "
              + config.factors().entrySet().stream()
                  .map(each -> each.getKey() + " times " + plain(each.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    return String.join("; ", words);
  }

  private static String plain(double factor) {
    return BigDecimal.valueOf(factor).stripTrailingZeros().toPlainString();
  }
}
