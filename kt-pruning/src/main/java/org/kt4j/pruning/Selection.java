package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.graph.Layers;

/** Which channels of a network are kept. */
final class Selection {

  private final OpenNetwork network;
  private final Map<String, Integer> whole;
  private final PruneConfig.Keys keys;
  private final List<ChannelGraph.Group> groups;
  private final Map<String, String> stages;

  /**
   * Checks what is asked for against the network.
   *
   * @param whole filters that shares are of, by convolution; those of the network where one is not
   *     there
   * @throws ConfigurationException when it names no layer, or layers that cannot be pruned
   */
  Selection(OpenNetwork network, Map<String, Integer> whole, PruneConfig.Keys keys) {
    this.network = network;
    this.whole = whole;
    this.keys = keys;
    this.groups = network.channels().groups();
    this.stages = stages(network);
    List<String> problems = new ArrayList<>();
    Set<String> layers = new TreeSet<>();
    groups.forEach(group -> layers.addAll(group.convolutions()));
    Set<String> known = new TreeSet<>(layers);
    known.addAll(stages.values());
    known.add(PruneConfig.ALL);
    keys.keep().shares().keySet().stream()
        .filter(name -> !known.contains(name))
        .sorted()
        .forEach(
            name -> problems.add("keep: " + NearestName.unknown("layer or stage", name, known)));
    keys.skip().stream()
        .filter(name -> !known.contains(name))
        .forEach(
            name -> problems.add("skip: " + NearestName.unknown("layer or stage", name, known)));
    keys.keep().shares().keySet().stream()
        .filter(layers::contains)
        .sorted()
        .forEach(name -> problem(name, problems));
    if (problems.isEmpty() && prunable().isEmpty()) {
      Set<String> reasons = new TreeSet<>();
      groups.forEach(group -> reasons.add(String.valueOf(group.fixed())));
      reasons.remove("null");
      if (!keys.skip().isEmpty()) {
        reasons.add("skip leaves " + keys.skip() + " as they are");
      }
      if (!keys.tied()) {
        reasons.add("channels that layers share stay without tied: true");
      }
      problems.add("no filter of the network can be removed: " + String.join("; ", reasons));
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private void problem(String layer, List<String> problems) {
    List<ChannelGraph.Group> own =
        groups.stream().filter(group -> group.convolutions().contains(layer)).toList();
    for (ChannelGraph.Group group : own) {
      if (group.fixed() != null) {
        problems.add("keep: the filters of " + layer + " cannot be removed: " + group.fixed());
        return;
      }
      if (group.tied() && !keys.tied()) {
        problems.add(
            "keep: the channels of "
                + layer
                + " are added to those of "
                + others(group, layer)
                + ", so that they can only be removed together; fix: tied: true, or leave "
                + layer
                + " out");
        return;
      }
      Set<Double> shares = new HashSet<>();
      for (String each : group.convolutions()) {
        Double share = keys.keep().shares().get(each);
        if (share != null) {
          shares.add(share);
        }
      }
      if (shares.size() > 1) {
        problems.add(
            "keep: "
                + layer
                + " and "
                + others(group, layer)
                + " share channels and have different shares; fix: give one of them");
        return;
      }
    }
  }

  private static String others(ChannelGraph.Group group, String layer) {
    List<String> others = new ArrayList<>(group.convolutions());
    others.remove(layer);
    if (others.isEmpty()) {
      return "a shortcut";
    }
    return String.join(", ", others.subList(0, Math.min(4, others.size())))
        + (others.size() > 4 ? " and " + (others.size() - 4) + " more" : "");
  }

  /** The stage of each convolution: the first tap of that name behind it. */
  private static Map<String, String> stages(OpenNetwork network) {
    Map<String, String> stages = new LinkedHashMap<>();
    List<String> order = network.channels().operations();
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < order.size(); i++) {
      places.put(order.get(i), i);
    }
    for (Layers part : network.parts()) {
      Map<String, Integer> taps = new LinkedHashMap<>();
      part.taps()
          .forEach(
              (name, tap) -> {
                if (name.matches("stage\\d+")) {
                  taps.put(name, places.getOrDefault(tap.op().name(), -1));
                }
              });
      for (Layers.Layer layer : part.layers()) {
        int place = places.getOrDefault(layer.operation(), Integer.MAX_VALUE);
        taps.entrySet().stream()
            .filter(tap -> tap.getValue() > place)
            .min(Map.Entry.comparingByValue())
            .ifPresent(tap -> stages.put(layer.name(), tap.getKey()));
      }
    }
    return stages;
  }

  /** The groups of which channels may be removed. */
  List<ChannelGraph.Group> prunable() {
    return groups.stream()
        .filter(
            group ->
                group.fixed() == null
                    && (keys.tied() || !group.tied())
                    && group.convolutions().stream()
                        .noneMatch(
                            name ->
                                keys.skip().contains(name)
                                    || keys.skip().contains(stages.getOrDefault(name, ""))))
        .toList();
  }

  /** The convolutions of these groups. */
  List<Layers.Layer> convolutions() {
    Set<String> names = new LinkedHashSet<>();
    prunable().forEach(group -> names.addAll(group.convolutions()));
    return network.layers().stream().filter(layer -> names.contains(layer.name())).toList();
  }

  /**
   * The channels that are removed where shares are given.
   *
   * @param scores of each convolution's filters
   */
  Set<Integer> byShares(Scores scores) {
    Set<Integer> removed = new HashSet<>();
    for (ChannelGraph.Group group : prunable()) {
      int all = group.channels().size();
      int kept = kept(all, share(group) * before(group));
      order(group, scores.within(group)).subList(0, all - kept).forEach(removed::add);
    }
    return removed;
  }

  /** How many times as many filters there were in the network that shares are of. */
  private double before(ChannelGraph.Group group) {
    String name = group.convolutions().get(0);
    for (Layers.Layer layer : network.layers()) {
      if (layer.name().equals(name)) {
        return (double) whole.getOrDefault(name, layer.filters()) / layer.filters();
      }
    }
    return 1;
  }

  private double share(ChannelGraph.Group group) {
    Map<String, Double> shares = keys.shares();
    for (String name : group.convolutions()) {
      Double share = shares.get(name);
      if (share != null) {
        return share;
      }
    }
    for (String name : group.convolutions()) {
      Double share = shares.get(stages.getOrDefault(name, ""));
      if (share != null) {
        return share;
      }
    }
    return shares.getOrDefault(PruneConfig.ALL, 1.0);
  }

  /**
   * How many of some channels stay: the multiple that is nearest to the share, and at least one.
   */
  private int kept(int all, double share) {
    if (share >= 1) {
      return all;
    }
    int multiple = Math.min(keys.multiple(), all);
    long times = Math.max(1, Math.round(share * all / multiple));
    return (int) Math.min(all, times * multiple);
  }

  private static List<Integer> order(ChannelGraph.Group group, double[] scores) {
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      places.add(i);
    }
    // Of equal ones the last goes first.
    places.sort(
        Comparator.<Integer>comparingDouble(i -> scores[i])
            .thenComparing(Comparator.reverseOrder()));
    return places.stream().map(group.channels()::get).toList();
  }

  /** Channels of one group that are removed in one step. */
  private record Block(double score, List<Integer> channels) {}

  /**
   * The channels that are removed until a budget is met: of all groups those whose scores are
   * smallest, in steps that leave multiples.
   *
   * @param scores of each convolution's filters
   * @param cost of what is left when channels are removed, as a share of the whole's
   * @param budget the largest share that is allowed
   * @param what is budgeted, for the message
   */
  Set<Integer> byBudget(
      Scores scores, ToDoubleFunction<Set<Integer>> cost, double budget, String what) {
    List<List<Block>> queues = new ArrayList<>();
    for (ChannelGraph.Group group : prunable()) {
      queues.add(blocks(group, scores));
    }
    Set<Integer> removed = new HashSet<>();
    double now = cost.applyAsDouble(removed);
    while (now > budget) {
      List<Block> best = best(queues);
      if (best == null) {
        throw unreachable(what, budget, now, keys);
      }
      removed.addAll(best.remove(0).channels());
      now = cost.applyAsDouble(removed);
    }
    return removed;
  }

  static ConfigurationException unreachable(
      String what, double budget, double least, PruneConfig.Keys keys) {
    return ConfigurationException.of(
        String.format(
            Locale.ROOT,
            "%s: %s cannot be reached: with %d filters in each layer, which is the least, it is"
                + " %.3g; fix: a larger share%s%s",
            what,
            budget,
            keys.multiple(),
            least,
            keys.multiple() > 1 ? ", or a smaller multiple" : "",
            keys.tied() ? "" : ", or tied: true"));
  }

  /** What was asked for. */
  PruneConfig.Keys keys() {
    return keys;
  }

  /** The channels that are removed from the smallest network that is possible. */
  Set<Integer> smallest(Scores scores) {
    Set<Integer> removed = new HashSet<>();
    for (ChannelGraph.Group group : prunable()) {
      blocks(group, scores).forEach(block -> removed.addAll(block.channels()));
    }
    return removed;
  }

  private static @Nullable List<Block> best(List<List<Block>> queues) {
    return queues.stream()
        .filter(queue -> !queue.isEmpty())
        .min(Comparator.comparingDouble(queue -> queue.get(0).score()))
        .orElse(null);
  }

  private List<Block> blocks(ChannelGraph.Group group, Scores scores) {
    double[] comparable = scores.comparable(group);
    Map<Integer, Double> byChannel = new HashMap<>();
    for (int i = 0; i < comparable.length; i++) {
      byChannel.put(group.channels().get(i), comparable[i]);
    }
    List<Integer> order = order(group, comparable);
    List<Block> blocks = new ArrayList<>();
    int multiple = keys.multiple();
    int first = 0;
    while (order.size() - first > multiple) {
      int odd = (order.size() - first) % multiple;
      int size = odd == 0 ? multiple : odd;
      List<Integer> channels = order.subList(first, first + size);
      double mean = 0;
      for (int channel : channels) {
        mean += byChannel.getOrDefault(channel, 0.0) / size;
      }
      blocks.add(new Block(mean, channels));
      first += size;
    }
    return blocks;
  }

  /** The share of the operations that is left when channels are removed. */
  double flops(Set<Integer> removed) {
    ChannelGraph channels = network.channels();
    double left = 0;
    for (Layers.Layer layer : network.layers()) {
      double share = 1;
      for (Channels each : channels.sizes(layer.operation())) {
        List<Integer> numbers = each.numbers();
        long kept =
            numbers.stream().filter(number -> !removed.contains(channels.root(number))).count();
        share *= (double) kept / numbers.size();
      }
      left += share * layer.flops();
    }
    return left / network.flops();
  }
}
