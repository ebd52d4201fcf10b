package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.kt4j.api.FilterCriterion;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.prune.StudentPruning;
import org.kt4j.engine.task.PrunableNetwork;

/** Removes whole filters, with everything that belongs to them. */
public final class FilterPruning implements StudentPruning {

  /** Steps in which a share of the operations is looked for that meets a budget of time. */
  private static final int SEARCH = 6;

  /** A pruning that {@link java.util.ServiceLoader} finds. */
  public FilterPruning() {}

  @Override
  public void check(PrunableNetwork network, PruneConfig.Keys keys) {
    try (OpenNetwork whole = OpenNetwork.withoutWeights(network, network.widths())) {
      new Selection(whole, Map.of(), keys).prunable();
    }
  }

  @Override
  public Pruned prune(
      PrunableNetwork network,
      FilterCriterion criterion,
      PruneConfig config,
      Map<String, Integer> whole,
      long seed,
      Consumer<String> progress) {
    PruneConfig.Keys keys = config.keys();
    try (OpenNetwork opened = OpenNetwork.of(network)) {
      Selection selection = new Selection(opened, filters(network, whole), keys);
      Pictures pictures = new Pictures(network, keys.pictures(), seed);
      List<Layers.Layer> convolutions = selection.convolutions();
      progress.accept(
          "scores of "
              + convolutions.size()
              + " convolutions by "
              + config.criterion()
              + (criterion.needs().isEmpty() ? "" : ", " + pictures.size() + " training pictures"));
      Survey survey =
          new Survey(
              network,
              opened,
              convolutions,
              pictures,
              criterion.needs(),
              seed,
              Survey.MOST_PICTURES);
      Scores scores = new Scores(config.criterion(), criterion, survey, convolutions);
      Set<Integer> removed = removed(network, opened, selection, scores, keys, progress);
      Narrowed narrowed = new Narrowed(opened, removed);
      Map<String, Integer> widths = narrowed.widths();
      try (OpenNetwork narrow =
          new OpenNetwork(network, widths, narrowed.weights(network.source()))) {
        if (keys.reconstruct()) {
          progress.accept("least squares of the layers behind");
          LeastSquares.fit(opened, narrowed, narrow, pictures, seed);
        }
        return new Pruned(
            widths,
            narrow.weights("pruned " + network.source()),
            layers(opened, narrow),
            new Cost(opened.parameters(), opened.flops()),
            new Cost(narrow.parameters(), narrow.flops()));
      }
    }
  }

  /** The filters of each convolution of a network with other widths. */
  private static Map<String, Integer> filters(
      PrunableNetwork network, Map<String, Integer> widths) {
    Map<String, Integer> filters = new HashMap<>();
    if (!widths.equals(network.widths())) {
      try (OpenNetwork whole = OpenNetwork.withoutWeights(network, widths)) {
        whole.layers().forEach(layer -> filters.put(layer.name(), layer.filters()));
      }
    }
    return filters;
  }

  private static Set<Integer> removed(
      PrunableNetwork network,
      OpenNetwork whole,
      Selection selection,
      Scores scores,
      PruneConfig.Keys keys,
      Consumer<String> progress) {
    Double flops = keys.flops();
    Double latency = keys.latency();
    if (flops != null) {
      return selection.byBudget(scores, selection::flops, flops, "flops");
    }
    if (latency != null) {
      return byTime(network, whole, selection, scores, latency, progress);
    }
    return selection.byShares(scores);
  }

  /** Halves the range of the shares of operations in which the time is met. */
  private static Set<Integer> byTime(
      PrunableNetwork network,
      OpenNetwork whole,
      Selection selection,
      Scores scores,
      double budget,
      Consumer<String> progress) {
    double all = milliseconds(network, whole, Set.of());
    ToDoubleFunction<Set<Integer>> time =
        removed -> {
          double share = milliseconds(network, whole, removed) / all;
          progress.accept(
              String.format(
                  Locale.ROOT,
                  "with %.3f of the operations one picture takes %.3f of the time",
                  selection.flops(removed),
                  share));
          return share;
        };
    Set<Integer> best = selection.smallest(scores);
    double least = time.applyAsDouble(best);
    if (least > budget) {
      throw Selection.unreachable("latency", budget, least, selection.keys());
    }
    double low = selection.flops(best);
    double high = 1;
    for (int step = 0; step < SEARCH; step++) {
      double middle = (low + high) / 2;
      Set<Integer> removed = selection.byBudget(scores, selection::flops, middle, "flops");
      if (time.applyAsDouble(removed) <= budget) {
        low = middle;
        best = removed;
      } else {
        high = middle;
      }
    }
    return best;
  }

  private static double milliseconds(
      PrunableNetwork network, OpenNetwork whole, Set<Integer> removed) {
    Narrowed narrowed = new Narrowed(whole, removed);
    return network.speed(narrowed.widths(), narrowed.weights(network.source())).milliseconds();
  }

  private static List<Layer> layers(OpenNetwork whole, OpenNetwork narrow) {
    Map<String, Layers.Layer> after = new HashMap<>();
    narrow.layers().forEach(layer -> after.put(layer.name(), layer));
    Map<String, Long> before = whole.parametersByLayer();
    Map<String, Long> left = narrow.parametersByLayer();
    List<Layer> layers = new ArrayList<>();
    Set<String> told = new HashSet<>();
    for (Layers.Layer layer : whole.layers()) {
      Layers.Layer now = after.get(layer.name());
      if (now != null && told.add(layer.name())) {
        layers.add(
            new Layer(
                layer.name(),
                layer.filters(),
                now.filters(),
                layer.flops(),
                now.flops(),
                before.getOrDefault(layer.name(), 0L),
                left.getOrDefault(layer.name(), 0L)));
      }
    }
    return layers;
  }
}
