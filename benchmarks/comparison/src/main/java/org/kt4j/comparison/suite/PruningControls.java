package org.kt4j.comparison.suite;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PruneConfig;

/**
 * The two controls of every pruning in a table: as many filters, but any ones, and the same widths
 * from random weights. A criterion that is no better than these has found nothing.
 */
final class PruningControls {

  private static final String RANDOM = "random";

  /** What a control has in common with the row that it is one of. */
  private record Kind(List<?> training, PruneConfig.Keys keys) {}

  /** The first row of a kind. */
  private record First(String name, Map<String, String> values) {}

  private final Map<Kind, First> pruned = new LinkedHashMap<>();
  private final Set<Kind> random = new LinkedHashSet<>();
  private final Set<Kind> fresh = new LinkedHashSet<>();

  /**
   * Takes a row in; one that does not prune is passed over.
   *
   * @param name of the row
   * @param values that it sets, by dotted path
   * @param config of one of its runs
   */
  void add(String name, Map<String, String> values, ExperimentConfig config) {
    PruneConfig prune = config.student().prune();
    if (prune == null) {
      return;
    }
    Kind kind =
        new Kind(List.of(config.phases(), config.allTeachers()), prune.keys().withoutMeans());
    if (prune.keys().fresh()) {
      fresh.add(kind);
    } else if (prune.criterion().equals(RANDOM)) {
      random.add(kind);
    } else {
      pruned.putIfAbsent(kind, new First(name, values));
    }
  }

  /** The values of those controls that no row is, by their names. */
  Map<String, Map<String, String>> missing() {
    Map<String, Map<String, String>> missing = new LinkedHashMap<>();
    pruned.forEach(
        (kind, first) -> {
          if (!random.contains(kind)) {
            missing.put(
                first.name() + ", random filters",
                with(first.values(), "student.prune.criterion", RANDOM));
          }
          if (!fresh.contains(kind)) {
            missing.put(
                first.name() + ", its widths from scratch",
                with(first.values(), "student.prune.fresh", "true"));
          }
        });
    return missing;
  }

  private static Map<String, String> with(Map<String, String> values, String path, String value) {
    Map<String, String> all = new LinkedHashMap<>(values);
    all.put(path, value);
    return all;
  }
}
