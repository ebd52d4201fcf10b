package org.kt4j.pruning;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterSurvey;
import org.kt4j.engine.graph.Layers;

/** What a criterion says of the filters of a network. */
final class Scores {

  private final Map<String, double[]> plain = new HashMap<>();
  private final Map<String, double[]> comparable = new HashMap<>();

  /**
   * Asks a criterion.
   *
   * @param name of the criterion, for messages
   * @throws IllegalStateException when it gives another number of scores, or what is no number
   */
  Scores(String name, FilterCriterion criterion, Survey survey, List<Layers.Layer> layers) {
    for (Layers.Layer layer : layers) {
      FilterSurvey of = survey.of(layer);
      double[] scores = criterion.scores(of);
      require(name, layer, scores);
      double[] other = criterion.comparable(scores);
      require(name, layer, other);
      plain.put(layer.name(), scores.clone());
      comparable.put(layer.name(), other.clone());
    }
  }

  private static void require(String name, Layers.Layer layer, double[] scores) {
    if (scores.length != layer.filters()) {
      throw new IllegalStateException(
          "the criterion "
              + name
              + " gives "
              + scores.length
              + " scores for the "
              + layer.filters()
              + " filters of "
              + layer.name());
    }
    for (int i = 0; i < scores.length; i++) {
      if (!Double.isFinite(scores[i])) {
        throw new IllegalStateException(
            "the criterion "
                + name
                + " gives "
                + scores[i]
                + " for filter "
                + i
                + " of "
                + layer.name());
      }
    }
  }

  /** The scores of a group's channels, to compare them with each other. */
  double[] within(ChannelGraph.Group group) {
    return mean(group, group.convolutions().size() == 1 ? plain : comparable);
  }

  /** The scores of a group's channels, to compare them with those of other groups. */
  double[] comparable(ChannelGraph.Group group) {
    return mean(group, comparable);
  }

  /** The mean over the convolutions whose filters make a channel together. */
  private static double[] mean(ChannelGraph.Group group, Map<String, double[]> scores) {
    double[] mean = new double[group.channels().size()];
    group
        .filters()
        .forEach(
            (layer, filters) -> {
              double[] own = scores.get(layer);
              for (int i = 0; own != null && i < mean.length; i++) {
                mean[i] += own[filters[i]] / group.filters().size();
              }
            });
    return mean;
  }
}
