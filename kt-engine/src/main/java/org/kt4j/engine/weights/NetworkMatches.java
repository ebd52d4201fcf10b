package org.kt4j.engine.weights;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.kt4j.config.OptionsListing;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;

/**
 * Which networks some weights are those of, among the members that families list, each with every
 * value of its options that are a choice.
 */
public final class NetworkMatches {

  /** Names and shapes of weights do not depend on the size of pictures; all networks take this. */
  private static final int SIDE = 224;

  private static final int USUAL_CHANNELS = 3;
  private static final int ANY_CLASSES = 10;
  private static final int MOST_CLASSES = 1 << 20;

  private final Weights weights;
  private final int given;
  private final ImageShape pictures;

  private NetworkMatches(Weights weights) {
    this.weights = weights;
    this.given = weights.arrays().size();
    this.pictures = new ImageShape(SIDE, SIDE, channels(weights));
  }

  /**
   * The networks that the weights are those of; where there are none, the nearest. Of the family
   * whose usual member is the nearest all members are tried, up to one that the weights are those
   * of.
   *
   * @return one at least where a network has an array of the weights; the best first
   */
  public static List<NetworkMatch> of(Networks networks, Weights weights) {
    NetworkMatches matches = new NetworkMatches(weights);
    NetworkProvider<?> nearest = null;
    double best = 0;
    for (NetworkProvider<?> family : networks.all()) {
      double agreement = family.givesLogits() ? matches.usualMember(family) : 0;
      if (agreement > best) {
        best = agreement;
        nearest = family;
      }
    }
    return nearest == null ? List.of() : matches.members(nearest);
  }

  private <O extends Record> double usualMember(NetworkProvider<O> family) {
    String name = family.examples().get(0);
    return match(family, name, family.variant(variant(family, name)))
        .map(found -> found.agreement(given))
        .orElse(0.0);
  }

  private <O extends Record> List<NetworkMatch> members(NetworkProvider<O> family) {
    List<NetworkMatch> all = new ArrayList<>();
    for (String name : family.examples()) {
      O usual = family.variant(variant(family, name));
      for (O options : choices(usual)) {
        match(family, name + differences(usual, options), options).ifPresent(all::add);
      }
      List<NetworkMatch> whole = all.stream().filter(each -> each.difference() == null).toList();
      if (!whole.isEmpty()) {
        return whole;
      }
    }
    return all.stream()
        .max(Comparator.comparingDouble(each -> each.agreement(given)))
        .map(List::of)
        .orElse(List.of());
  }

  private static String variant(NetworkProvider<?> family, String name) {
    return name.substring(Math.min(name.length(), family.name().length() + 1));
  }

  private static int channels(Weights weights) {
    return weights.arrays().values().stream()
        .map(Weights.Array::shape)
        .filter(shape -> shape.numDimensions() == 4)
        .map(shape -> shape.get(1))
        .findFirst()
        .filter(channels -> channels == 1)
        .map(Long::intValue)
        .orElse(USUAL_CHANNELS);
  }

  /** The options that are not the usual ones, as YAML behind a name: {@code , head: large}. */
  private static String differences(Record usual, Record options) {
    List<OptionsListing.Line> before = OptionsListing.of(usual);
    List<OptionsListing.Line> lines = OptionsListing.of(options);
    StringBuilder yaml = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      OptionsListing.Line line = lines.get(i);
      if (!line.defaultValue().equals(before.get(i).defaultValue())) {
        yaml.append(", ").append(line.key()).append(": ").append(line.defaultValue());
      }
    }
    return yaml.toString();
  }

  /** With all values of options that are a choice, the usual ones first. */
  private static <O extends Record> List<O> choices(O usual) {
    List<O> choices = new ArrayList<>(List.of(usual));
    RecordComponent[] components = usual.getClass().getRecordComponents();
    for (int c = 0; c < components.length; c++) {
      Object[] values =
          components[c].getType() == boolean.class
              ? new Object[] {true, false}
              : components[c].getType().getEnumConstants();
      for (O each : List.copyOf(choices)) {
        for (Object value : values == null ? new Object[0] : values) {
          Object[] arguments = arguments(each);
          if (!value.equals(arguments[c])) {
            arguments[c] = value;
            made(usual, arguments).ifPresent(choices::add);
          }
        }
      }
    }
    return choices;
  }

  private static Object[] arguments(Record options) {
    RecordComponent[] components = options.getClass().getRecordComponents();
    Object[] arguments = new Object[components.length];
    try {
      for (int c = 0; c < components.length; c++) {
        components[c].getAccessor().setAccessible(true); // the record need not be public
        arguments[c] = components[c].getAccessor().invoke(options);
      }
      return arguments;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(options + " cannot be read", e);
    }
  }

  /** Options of the same kind with other values; empty where these do not go together. */
  @SuppressWarnings("unchecked") // the constructor of the record's own class
  private static <O extends Record> Optional<O> made(O options, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(options.getClass().getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      var constructor = options.getClass().getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return Optional.of((O) constructor.newInstance(arguments));
    } catch (InvocationTargetException e) {
      return Optional.empty(); // a check of the record's
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(options + " cannot be made anew", e);
    }
  }

  private <O extends Record> Optional<NetworkMatch> match(
      NetworkProvider<O> provider, String name, O options) {
    try {
      Match first = match(provider, name, options, ANY_CLASSES);
      return Optional.of(
          first.classes() == ANY_CLASSES || first.match().found() == 0
              ? first.match()
              : match(provider, name, options, first.classes()).match());
    } catch (IllegalArgumentException e) {
      return Optional.empty(); // it has not these channels
    }
  }

  /**
   * A match, and the classes of the weights.
   *
   * @param classes that the last layer has in them
   */
  private record Match(NetworkMatch match, int classes) {}

  private <O extends Record> Match match(
      NetworkProvider<O> provider, String name, O options, int classes) {
    Network network = provider.create(options, pictures, classes);
    try (ImageGraph graph = new ImageGraph(pictures)) {
      Variables variables = new Variables(graph.tf(), "matched", 0);
      network.build(
          Layers.evaluation(graph.tf(), variables),
          graph.normalised(graph.tf(), Normalization.none(pictures.channels())));
      String difference = null;
      int found = 0;
      try {
        found = weights.matching(variables);
        weights.requireFit(variables);
      } catch (WeightsException e) {
        String words = String.valueOf(e.getMessage());
        difference = words.substring(Math.min(words.length(), weights.source().length() + 2));
      }
      NetworkMatch match =
          new NetworkMatch(name, classes, found, variables.all().size(), difference);
      return new Match(match, classes(variables, classes));
    }
  }

  private int classes(Variables variables, int otherwise) {
    Variable last = null;
    for (Variable variable : variables.all()) {
      last = variable.kind() == Variable.Kind.DENSE ? variable : last;
    }
    if (last == null) {
      return otherwise;
    }
    return weights
        .shape(last, variables)
        .filter(shape -> shape.numDimensions() == 2)
        .map(shape -> shape.get(0))
        .filter(classes -> classes > 0 && classes < MOST_CLASSES)
        .map(Long::intValue)
        .orElse(otherwise);
  }
}
