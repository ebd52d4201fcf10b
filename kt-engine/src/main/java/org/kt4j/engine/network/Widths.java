package org.kt4j.engine.network;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.engine.graph.Layers;

/** Checks the numbers of filters that a configuration gives to convolutions. */
final class Widths {

  private Widths() {}

  /**
   * Requires that each was used.
   *
   * @throws ConfigurationException when a name is that of no convolution whose filters can be set
   */
  static void requireKnown(Map<String, Integer> widths, List<Layers.Layer> built, String place) {
    Set<String> known =
        built.stream()
            .filter(Layers.Layer::hasWidth)
            .map(Layers.Layer::name)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> problems =
        widths.keySet().stream()
            .filter(name -> !known.contains(name))
            .map(
                name ->
                    place
                        + ": "
                        + (built.stream().anyMatch(layer -> layer.name().equals(name))
                            ? "the filters of '"
                                + name
                                + "' follow from what it reads or from the classes; fix: leave it"
                                + " out"
                            : NearestName.unknown("convolution", name, known)))
            .sorted()
            .toList();
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }
}
