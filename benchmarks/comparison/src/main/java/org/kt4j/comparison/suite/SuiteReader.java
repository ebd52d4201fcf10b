package org.kt4j.comparison.suite;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.NearestName;
import org.kt4j.config.RecordBinder;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.source.RunPlan;

/** Reads suites and works out their runs. */
@Singleton
public final class SuiteReader {

  private static final String PHASES = "phases";

  private final ExperimentReader experiments;
  private final Networks networks;
  private final RecordBinder binder =
      RecordBinder.builder().custom(YamlValue.class, new YamlValue.Binding()).build();

  /** Reads suites whose experiments that reader understands. */
  @Inject
  public SuiteReader(ExperimentReader experiments, Networks networks) {
    this.experiments = experiments;
    this.networks = networks;
  }

  /**
   * Reads a suite and every experiment in it.
   *
   * @param file the YAML file
   * @param overrides values of every experiment by dotted path, stronger than the suite's
   * @param runs where all runs go
   * @throws ConfigurationException with every problem of the suite and of its experiments
   */
  public SuitePlan read(Path file, Map<String, String> overrides, Path runs) {
    ConfigurationTree tree = ConfigurationTree.read(file);
    if (tree.root().has("student") && !tree.root().has("base")) {
      throw ConfigurationException.of(
          tree.source()
              + ": is a configuration of one run, by its key student; allowed: a suite, with the keys"
              + " base and methods; fix: kt train trains one run");
    }
    SuiteConfig suite = binder.bind(tree, SuiteConfig.class);
    Path base = file.resolveSibling(suite.base()).normalize();
    requireThere(file, base, suite);
    return new Reading(file, base, suite, overrides, runs).plan();
  }

  private static void requireThere(Path file, Path base, SuiteConfig suite) {
    if (Files.isRegularFile(base)) {
      return;
    }
    Path folder = base.getParent();
    List<String> there = List.of();
    if (folder != null && Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        there =
            files
                .map(each -> String.valueOf(each.getFileName()))
                .filter(name -> name.endsWith(".yaml") && !file.endsWith(name))
                .sorted()
                .toList();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot list " + folder, e);
      }
    }
    throw ConfigurationException.of(
        file.getFileName()
            + ": base: there is no file "
            + base
            + (there.isEmpty() ? "" : "; " + NearestName.unknown(suite.base().toString(), there)));
  }

  /** One suite while it is worked out. */
  private final class Reading {

    private final Path file;
    private final Path base;
    private final SuiteConfig suite;
    private final Map<String, String> overrides;
    private final Path runs;
    private final String group;
    private final String name;
    private final List<String> problems = new ArrayList<>();
    private final Map<String, String> slugs = new TreeMap<>();
    private PruningControls controls = new PruningControls();

    Reading(Path file, Path base, SuiteConfig suite, Map<String, String> overrides, Path runs) {
      this.file = file;
      this.base = base;
      this.suite = suite;
      this.overrides = overrides;
      this.runs = runs;
      Path absolute = file.toAbsolutePath().normalize();
      Path parent = absolute.getParent();
      Path folder = parent == null ? null : parent.getFileName();
      this.group = folder == null ? "" : folder.toString();
      this.name = String.valueOf(absolute.getFileName()).replaceFirst("\\.ya?ml$", "");
    }

    SuitePlan plan() {
      requireEffect();
      List<SuitePlan.Table> tables = new ArrayList<>();
      for (Setting cell : Setting.combinations(suite.grid())) {
        controls = new PruningControls();
        Optional<ExperimentConfig> common = base(cell);
        if (common.isEmpty()) {
          continue;
        }
        List<SuitePlan.Row> rows = new ArrayList<>();
        rows.add(
            row(
                SuitePlan.ALONE,
                file.getFileName() + ": " + SuitePlan.ALONE,
                cell,
                alone(cell, common.get()),
                common.get(),
                false));
        for (int m = 0; m < suite.methods().size(); m++) {
          MethodConfig method = suite.methods().get(m);
          for (Setting own : Setting.combinations(method.grid())) {
            String called = own.isEmpty() ? method.name() : method.name() + " (" + own + ")";
            String place = file.getFileName() + ": methods[" + m + "] (" + called + ")";
            requireNew(called, cell, place);
            Map<String, String> values = values(cell, method, own);
            SuitePlan.Row row =
                row(called, place, cell, values, common.get(), method.objective() != null);
            rows.add(row);
            if (!row.runs().isEmpty()) {
              controls.add(called, values, row.runs().get(0).config());
            }
          }
        }
        rows.addAll(controls(cell, common.get()));
        tables.add(new SuitePlan.Table(cell.toString(), rows));
      }
      requirePublishedRows(tables);
      if (!problems.isEmpty()) {
        throw new ConfigurationException(problems.stream().distinct().toList());
      }
      return new SuitePlan(group + "/" + name, file, folder(), runs, tables, suite.published());
    }

    /** The rows that a table with pruned students has to have. */
    private List<SuitePlan.Row> controls(Setting cell, ExperimentConfig common) {
      List<SuitePlan.Row> rows = new ArrayList<>();
      controls
          .missing()
          .forEach(
              (called, values) -> {
                String place = file.getFileName() + ": " + called;
                requireNew(called, cell, place);
                rows.add(row(called, place, cell, values, common, false));
              });
      return rows;
    }

    /** What would be overwritten in silence. */
    private void requireEffect() {
      List<Map<String, ?>> all = new ArrayList<>(List.of(overrides, suite.set(), suite.grid()));
      suite.methods().forEach(method -> all.addAll(List.of(method.set(), method.grid())));
      if (all.stream().anyMatch(values -> values.containsKey("seed"))) {
        problems.add(file.getFileName() + ": seed: a suite has seeds; fix: seeds: [1, 2, 3]");
      }
      boolean shared =
          Stream.of(suite.set(), suite.grid())
              .flatMap(values -> values.keySet().stream())
              .anyMatch(path -> path.startsWith(PHASES));
      for (int m = 0; m < suite.methods().size(); m++) {
        if (shared && suite.methods().get(m).phases() != null) {
          problems.add(
              file.getFileName()
                  + ": methods["
                  + m
                  + "].phases: replaces what the suite sets of its phases; fix: set that in the"
                  + " methods");
        }
      }
    }

    /** A score of a method that no table has is one that nobody would ever see compared. */
    private void requirePublishedRows(List<SuitePlan.Table> tables) {
      PublishedScores published = suite.published();
      if (published == null) {
        return;
      }
      List<String> rows =
          tables.stream()
              .flatMap(table -> table.rows().stream())
              .map(SuitePlan.Row::method)
              .distinct()
              .toList();
      for (String name : published.scores().keySet()) {
        if (!rows.isEmpty() && !rows.contains(name)) {
          problems.add(
              file.getFileName() + ": published.scores: " + NearestName.unknown(name, rows));
        }
      }
    }

    private Path folder() {
      return runs.resolve(group).resolve(name);
    }

    private Map<String, String> common(Setting cell) {
      Map<String, String> values = new LinkedHashMap<>();
      suite.set().forEach((path, value) -> values.put(path, value.json()));
      cell.values().forEach((path, value) -> values.put(path, value.json()));
      return values;
    }

    private Map<String, String> values(Setting cell, MethodConfig method, Setting own) {
      Map<String, String> values = common(cell);
      if (method.phases() != null) {
        values.put(PHASES, method.phases().json());
      }
      if (method.objective() != null) {
        values.put("phases.0.objective", method.objective().json());
      }
      method.set().forEach((path, value) -> values.put(path, value.json()));
      own.values().forEach((path, value) -> values.put(path, value.json()));
      values.putAll(overrides);
      values.put("baseline", "null");
      return values;
    }

    /** A mistake in it is told once, not with every row. */
    private Optional<ExperimentConfig> base(Setting cell) {
      Map<String, String> values = common(cell);
      values.putAll(overrides);
      try {
        return Optional.of(experiments.read(base, values));
      } catch (ConfigurationException e) {
        problems.addAll(e.problems());
        return Optional.empty();
      }
    }

    /**
     * The base without anybody to learn from, for as many epochs. A teacher that the student is
     * pruned from stays, and teaches nothing.
     */
    private Map<String, String> alone(Setting cell, ExperimentConfig common) {
      Map<String, String> values = common(cell);
      values.putAll(overrides);
      values.keySet().removeIf(path -> path.matches("(phases|teachers|cache)\\b.*"));
      PruneConfig prune = common.student().prune();
      if (prune == null || !prune.keys().from().equals(PruneConfig.TEACHER)) {
        values.keySet().removeIf(path -> path.matches("teacher\\b.*"));
        values.put("teacher", "null");
      }
      values.put("teachers", "[]");
      values.put("cache", "null");
      values.put("baseline", "null");
      values.put(
          PHASES,
          "[{name: alone, epochs: "
              + common.epochs()
              + ", objective: "
              + networks.provider(common.student().network()).objective()
              + "}]");
      return values;
    }

    private void requireNew(String method, Setting cell, String place) {
      String slug = slug(method);
      String key = cell + "/" + slug;
      String before = slugs.put(key, method);
      if (slug.isEmpty()) {
        problems.add(place + ": name: has no letter and no digit");
      } else if (before != null || slug.equals(slug(SuitePlan.ALONE)) || slug.equals("teacher")) {
        problems.add(
            place
                + ": name: is taken"
                + (before == null
                    ? " by a row that every table has"
                    : before.equals(method) ? "" : " by '" + before + "'")
                + "; fix: another name");
      }
    }

    private SuitePlan.Row row(
        String method,
        String place,
        Setting cell,
        Map<String, String> values,
        ExperimentConfig common,
        boolean hasObjective) {
      List<PlannedRun> planned = new ArrayList<>();
      for (long seed : suite.seeds()) {
        Map<String, String> seeded = new LinkedHashMap<>(values);
        seeded.put("seed", Long.toString(seed));
        try {
          ExperimentConfig config = experiments.read(base, seeded);
          if (hasObjective) {
            requireOnePhase(config);
          }
          requireData(config, common);
          planned.add(new PlannedRun(method, seed, config, folder(method, cell, seed, config)));
        } catch (ConfigurationException e) {
          e.problems().forEach(problem -> problems.add(place + ": " + problem));
          break;
        }
      }
      return new SuitePlan.Row(method, planned);
    }

    /** An objective alone would silently leave the other phases as they are. */
    private static void requireOnePhase(ExperimentConfig config) {
      if (config.phases().size() > 1) {
        throw ConfigurationException.of(
            "objective: the base has "
                + config.phases().size()
                + " phases; fix: phases, which replaces them all");
      }
    }

    private void requireData(ExperimentConfig config, ExperimentConfig common) {
      if (!suite.differentData() && !config.data().equals(common.data())) {
        throw ConfigurationException.of(
            "data: is not that of the student alone, so their scores say nothing about each"
                + " other; fix: a grid of the suite, by which each data set has a table of its own,"
                + " or different-data: true");
      }
    }

    private Path folder(String method, Setting cell, long seed, ExperimentConfig config) {
      Path row = folder().resolve(slug(method));
      Path within = cell.isEmpty() ? row : row.resolve(slug(cell.toString()));
      return within.resolve("seed-" + seed + "-" + RunPlan.mark(experiments.write(config)));
    }

    private static String slug(String text) {
      return text.toLowerCase(Locale.ROOT)
          .replaceAll(" *[+] *", "+")
          .replaceAll("[^a-z0-9.+]+", "-")
          .replaceAll("^[-.]+|[-.]+$", "");
    }
  }

  /**
   * A combination of a grid's values.
   *
   * @param values by dotted path
   */
  record Setting(Map<String, YamlValue> values) {

    static List<Setting> combinations(Map<String, List<YamlValue>> grid) {
      List<Setting> all = new ArrayList<>(List.of(new Setting(Map.of())));
      for (Map.Entry<String, List<YamlValue>> axis : grid.entrySet()) {
        List<Setting> longer = new ArrayList<>();
        for (Setting one : all) {
          for (YamlValue value : axis.getValue()) {
            Map<String, YamlValue> values = new LinkedHashMap<>(one.values);
            values.put(axis.getKey(), value);
            longer.add(new Setting(values));
          }
        }
        all = longer;
      }
      return all;
    }

    boolean isEmpty() {
      return values.isEmpty();
    }

    /** {@code weight 50, learning-rate 0.1}: a path by its last part where that is enough. */
    @Override
    public String toString() {
      List<String> last = values.keySet().stream().map(Setting::last).toList();
      return values.entrySet().stream()
          .map(
              entry -> {
                String key = last(entry.getKey());
                long same = last.stream().filter(key::equals).count();
                return (same > 1 ? entry.getKey() : key) + " " + Objects.toString(entry.getValue());
              })
          .collect(Collectors.joining(", "));
    }

    private static String last(String path) {
      String[] parts = path.split("[.\\[\\]]+", -1);
      return parts[parts.length - 1];
    }
  }
}
