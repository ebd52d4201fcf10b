package org.kt4j.comparison.suite;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;

/**
 * A row of the table: what is different from the base.
 *
 * @param name of the row
 * @param objective the terms of the base's only phase
 * @param phases instead of the base's
 * @param set values by dotted path
 * @param grid values by dotted path, each of which makes a row; all combinations of several paths
 */
record MethodConfig(
    @Description("of the row") String name,
    @Description("the terms of the base's only phase") @Nullable YamlValue objective,
    @Description("instead of the base's") @Nullable YamlValue phases,
    @Description("values of the configuration by dotted path") Map<String, YamlValue> set,
    @Description("lists of values by dotted path; a row for each combination")
        Map<String, List<YamlValue>> grid) {

  /** Nothing is set beside what the method is. */
  public static Map<String, YamlValue> defaultSet() {
    return Map.of();
  }

  /** One row. */
  public static Map<String, List<YamlValue>> defaultGrid() {
    return Map.of();
  }

  /** Checks that it is one thing. */
  public MethodConfig {
    if (name.isBlank()) {
      throw new IllegalArgumentException("name: is empty; it is what the row is called");
    }
    SuiteConfig.requireValues(grid);
    if (objective != null && phases != null) {
      throw new IllegalArgumentException(
          "objective and phases stand side by side; objective is for a base of one phase, phases"
              + " replaces them all");
    }
  }
}
