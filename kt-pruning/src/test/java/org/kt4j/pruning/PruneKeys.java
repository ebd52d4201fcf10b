package org.kt4j.pruning;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.experiment.PruneConfig;

/** What is asked for, short. */
final class PruneKeys {

  private PruneKeys() {}

  static PruneConfig.Keys all(double share) {
    return of(Map.of(PruneConfig.ALL, share), 1, null, true, List.of());
  }

  static PruneConfig.Keys of(
      Map<String, Double> keep,
      int multiple,
      @Nullable Double flops,
      boolean tied,
      List<String> skip) {
    return new PruneConfig.Keys(
        "run",
        new PruneConfig.Keep(keep),
        skip,
        multiple,
        flops,
        null,
        tied,
        false,
        20,
        1,
        1,
        false);
  }
}
