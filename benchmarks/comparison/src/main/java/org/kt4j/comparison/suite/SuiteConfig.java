package org.kt4j.comparison.suite;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * A comparison as it is written in a file.
 *
 * @param base what all runs have in common, a configuration found beside the suite
 * @param methods what is compared, in the order of the table
 * @param seeds each method is trained with every one of them
 * @param set values by dotted path, for every run
 * @param grid values by dotted path; each combination is a table of its own, with its own student
 *     alone
 * @param differentData whether a method may have other data than the student alone of its table
 * @param published what others have measured with the same methods
 */
record SuiteConfig(
    @Description("a configuration, found beside this file; what all runs have in common") Path base,
    @Description("what is compared, in the order of the table") List<MethodConfig> methods,
    @Description("each method is trained with every one of them, 1 or more") List<Long> seeds,
    @Description("values by dotted path, for every run") Map<String, YamlValue> set,
    @Description(
            "lists of values by dotted path; a table for each combination, at most 2000 runs in all")
        Map<String, List<YamlValue>> grid,
    @Description("whether a method may have other data than the student alone of its table")
        boolean differentData,
    @Description("what others have measured with these methods; the report compares the order")
        @Nullable PublishedScores published) {

  /** Runs of a suite; each takes minutes or more. */
  private static final int MOST_RUNS = 2_000;

  /** Their scores would say nothing about each other. */
  public static boolean defaultDifferentData() {
    return false;
  }

  /** Three, the least that shows a spread. */
  public static List<Long> defaultSeeds() {
    return List.of(1L, 2L, 3L);
  }

  /** The base as it is. */
  public static Map<String, YamlValue> defaultSet() {
    return Map.of();
  }

  /** One table. */
  public static Map<String, List<YamlValue>> defaultGrid() {
    return Map.of();
  }

  static void requireValues(Map<String, List<YamlValue>> grid) {
    grid.forEach(
        (path, values) -> {
          if (values.isEmpty()) {
            throw new InvalidOptionException("grid", "'" + path + "': []", "one value or more");
          }
        });
  }

  /** Checks the lists. */
  public SuiteConfig {
    methods = List.copyOf(methods);
    seeds = List.copyOf(seeds);
    if (methods.isEmpty()) {
      throw new InvalidOptionException("methods", "[]", "one method or more");
    }
    requireValues(grid);
    if (seeds.isEmpty()) {
      throw new InvalidOptionException("seeds", "[]", "one seed or more");
    }
    if (seeds.size() > MOST_RUNS) {
      throw new InvalidOptionException("seeds", seeds.size() + " seeds", "1 to " + MOST_RUNS);
    }
    if (new HashSet<>(seeds).size() < seeds.size()) {
      throw new InvalidOptionException("seeds", seeds, "each seed once");
    }
    requireFew(methods, seeds, grid);
  }

  /** Counts the runs before any of them is worked out: grids multiply. */
  private static void requireFew(
      List<MethodConfig> methods, List<Long> seeds, Map<String, List<YamlValue>> grid) {
    double rows = 1 + methods.stream().mapToDouble(method -> combinations(method.grid())).sum();
    double runs = combinations(grid) * rows * seeds.size();
    if (runs > MOST_RUNS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%,.0f runs: %,.0f tables (grid) of %,.0f rows (methods and their grids), each with"
                  + " %d seeds; allowed: at most %,d runs; fix: fewer values in a grid, or several"
                  + " suites",
              runs,
              combinations(grid),
              rows,
              seeds.size(),
              MOST_RUNS));
    }
  }

  /** As a double, which does not overflow. */
  private static double combinations(Map<String, List<YamlValue>> grid) {
    return grid.values().stream().mapToDouble(List::size).reduce(1, (a, b) -> a * b);
  }
}
