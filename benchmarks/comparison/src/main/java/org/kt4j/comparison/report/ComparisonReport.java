package org.kt4j.comparison.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.comparison.output.WholeFile;
import org.kt4j.comparison.suite.PublishedScores;
import org.kt4j.comparison.suite.SuiteFile;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.Table;

/**
 * Which method helps, by how much and how surely. The metric after the last epoch decides: it is
 * what somebody has who cannot choose among epochs. The best epoch, chosen on the held-out
 * pictures, is shown beside it.
 */
public final class ComparisonReport {

  private final String title;
  private final List<MethodTable> tables;
  private final List<ComparedExamples> examples;
  private final @Nullable PublishedScores published;
  private final List<String> warnings;

  private ComparisonReport(
      String title,
      List<MethodTable> tables,
      @Nullable PublishedScores published,
      Set<String> warnings) {
    this.title = title;
    this.published = published;
    this.tables = List.copyOf(tables);
    tables.forEach(table -> requireSamePictures(table.runs(), warnings));
    this.examples =
        tables.stream().map(table -> ComparedExamples.of(table, warnings::add)).toList();
    this.warnings = List.copyOf(warnings);
  }

  /** Whether a folder is that of a suite. */
  public static boolean isSuite(Path folder) {
    return Files.exists(SuiteFile.in(folder));
  }

  /**
   * Of a suite, as far as it is done.
   *
   * @param folder of the suite
   * @throws ConfigurationException when its file is damaged
   */
  public static ComparisonReport ofSuite(Path folder) {
    SuiteFile suite = SuiteFile.read(folder);
    Set<String> warnings = new LinkedHashSet<>();
    List<MethodTable> tables = new ArrayList<>();
    for (SuiteFile.Table table : suite.tables()) {
      List<Method> methods = new ArrayList<>();
      for (SuiteFile.Row row : table.rows()) {
        methods.add(method(folder, row, warnings));
      }
      MethodTable compared =
          new MethodTable(table.setting(), methods.get(0), methods.subList(1, methods.size()));
      requireSameMetric(compared.runs());
      tables.add(compared);
    }
    return new ComparisonReport(suite.name(), tables, suite.published(), warnings);
  }

  private static Method method(Path folder, SuiteFile.Row row, Set<String> warnings) {
    List<RunRecord> runs = new ArrayList<>();
    Map<String, List<Long>> gaps = new LinkedHashMap<>();
    for (SuiteFile.Run run : row.runs()) {
      Path path = folder.resolve(run.folder());
      String failure = run.failure();
      String state = failure != null ? "failed: " + failure : "has not begun";
      Optional<RunRecord> read = Optional.empty();
      if (Files.exists(RunFolder.config(path)) || RunFolder.hasBegun(path)) {
        try {
          read = Optional.of(RunRecord.read(path, warnings::add));
          state = failure != null ? state : "is not complete";
        } catch (ConfigurationException e) {
          e.problems().forEach(problem -> warnings.add(problem + "; the report leaves it out"));
          state = "cannot be read";
        }
      }
      if (read.isPresent() && read.get().seed() != run.seed()) {
        warnings.add(
            String.format(
                Locale.ROOT,
                "%s: seed: %d, but the suite has the seed %d there; the report leaves it out",
                RunFolder.config(path),
                read.get().seed(),
                run.seed()));
        state = "is one of another seed";
        read = Optional.empty();
      }
      if (read.flatMap(RunRecord::result).isPresent()) {
        runs.add(read.get());
      } else {
        gaps.computeIfAbsent(state, any -> new ArrayList<>()).add(run.seed());
      }
    }
    return new Method(
        row.method(), runs, gaps.entrySet().stream().map(ComparisonReport::gap).toList());
  }

  private static String gap(Map.Entry<String, List<Long>> gap) {
    String seeds = gap.getValue().stream().map(Object::toString).collect(Collectors.joining(", "));
    String state = gap.getKey();
    return gap.getValue().size() == 1
        ? "seed " + seeds + " " + state
        : "seeds "
            + seeds
            + " "
            + state.replaceFirst("^is ", "are ").replaceFirst("^has ", "have ");
  }

  /**
   * Compares chosen runs; those that differ only in the seed are one method.
   *
   * @param folders of the runs
   * @param baseline one of them; when none is named, the first that learns from labels alone
   * @param differentData whether runs on different pictures may stand in one table
   * @throws ConfigurationException when a folder holds no complete run, or they cannot be compared
   */
  public static ComparisonReport ofRuns(
      List<Path> folders, @Nullable Path baseline, boolean differentData) {
    Set<String> warnings = new LinkedHashSet<>();
    Map<ObjectNode, List<RunRecord>> groups = new LinkedHashMap<>();
    ObjectNode chosen = null;
    for (Path folder : folders) {
      RunRecord run = RunRecord.read(folder, warnings::add);
      if (run.result().isEmpty()) {
        throw ConfigurationException.of(
            folder + ": the run is not complete; fix: start it again with the same command");
      }
      List<RunRecord> group = groups.computeIfAbsent(run.method(), any -> new ArrayList<>());
      group.stream()
          .filter(other -> other.seed() == run.seed())
          .findFirst()
          .ifPresent(
              same -> {
                throw ConfigurationException.of(
                    folder + ": is the same experiment as " + same.folder() + ", seed included");
              });
      group.add(run);
      if (baseline != null && folder.normalize().equals(baseline.normalize())) {
        chosen = run.method();
      }
    }
    if (baseline != null && chosen == null) {
      throw ConfigurationException.of("--baseline: " + baseline + " is none of the runs given");
    }
    List<RunRecord> all = groups.values().stream().flatMap(List::stream).toList();
    requireSameMetric(all);
    if (!differentData) {
      requireSameData(all);
    }
    ObjectNode first =
        chosen != null
            ? chosen
            : groups.entrySet().stream()
                .filter(group -> group.getValue().get(0).isAlone())
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(
                    () ->
                        ConfigurationException.of(
                            "none of these runs learns from labels alone; fix: name the one to"
                                + " compare with, --baseline RUN"));
    List<Method> methods = new ArrayList<>();
    Method alone = new Method(named(groups, first), runs(groups, first), List.of());
    groups.keySet().stream()
        .filter(key -> !key.equals(first))
        .forEach(key -> methods.add(new Method(named(groups, key), runs(groups, key), List.of())));
    String title =
        alone.name()
            + " compared with "
            + methods.size()
            + (methods.size() == 1 ? " other method" : " other methods");
    return new ComparisonReport(
        title, List.of(new MethodTable("", alone, methods)), null, warnings);
  }

  private static List<RunRecord> runs(Map<ObjectNode, List<RunRecord>> groups, ObjectNode key) {
    return groups.getOrDefault(key, List.of());
  }

  /** By its terms; by its folder where another method has the same terms. */
  private static String named(Map<ObjectNode, List<RunRecord>> groups, ObjectNode key) {
    RunRecord run = runs(groups, key).get(0);
    long same = groups.values().stream().filter(g -> g.get(0).terms().equals(run.terms())).count();
    String name = run.isAlone() ? SuitePlan.ALONE : run.terms();
    return same == 1 ? name : name + " (" + run.folder() + ")";
  }

  /**
   * There is no option to allow it: a gain in one metric cannot be compared with one in another.
   */
  private static void requireSameMetric(List<RunRecord> runs) {
    for (RunRecord run : runs) {
      RunRecord first = runs.get(0);
      if (!isSame(run.metric(), first.metric())) {
        throw ConfigurationException.of(
            run.folder()
                + ": is measured by "
                + run.metric().name()
                + ", but "
                + first.folder()
                + " by "
                + first.metric().name()
                + "; allowed: runs of one metric; fix: compare the runs of each task apart");
      }
    }
  }

  /** Whatever is said in explanation: older files have none. */
  private static boolean isSame(Metric one, Metric other) {
    return one.name().equals(other.name())
        && one.share() == other.share()
        && one.largerIsBetter() == other.largerIsBetter();
  }

  /** What one configuration calls the same data may have changed on the disk between two runs. */
  private static void requireSamePictures(List<RunRecord> runs, Set<String> warnings) {
    Map<JsonNode, RunRecord> first = new HashMap<>();
    for (RunRecord run : runs) {
      if (run.predictions().isEmpty()) {
        continue;
      }
      RunRecord other = first.computeIfAbsent(run.data(), any -> run);
      int[] labels = run.predictions().get().labels();
      int[] others = other.predictions().orElseThrow().labels();
      if (!Arrays.equals(labels, others)) {
        warnings.add(
            run.folder()
                + ": its predictions are on "
                + (labels.length == others.length
                    ? "other test pictures than those of "
                    : labels.length + " test pictures, and on " + others.length + " in ")
                + other.folder()
                + ", although the configurations name the same data; their scores cannot be"
                + " compared. Did the data change between the runs? fix: train one of them again");
      }
    }
  }

  private static void requireSameData(List<RunRecord> runs) {
    JsonNode data = runs.get(0).data();
    for (RunRecord run : runs) {
      if (!run.data().equals(data)) {
        throw ConfigurationException.of(
            run.folder()
                + ": is on other data ("
                + run.data().toString().replace("\"", "")
                + ") than "
                + runs.get(0).folder()
                + " ("
                + data.toString().replace("\"", "")
                + "); their results say nothing about each other. To show them all the same:"
                + " --different-data");
      }
    }
  }

  /** What it is of. */
  public String title() {
    return title;
  }

  /** What was damaged or missing and is left out. */
  public List<String> warnings() {
    return warnings;
  }

  /** The results, a table for each setting; what the settings are stands in {@link #headings}. */
  public List<Table> tables() {
    return tables.stream().map(ResultRow::table).toList();
  }

  /** The setting of each table, empty where there is one. */
  public List<String> headings() {
    return tables.stream().map(MethodTable::setting).toList();
  }

  /** In a few sentences. */
  public List<String> findings() {
    List<String> findings = new ArrayList<>();
    for (MethodTable table : tables) {
      String where = table.setting().isEmpty() ? "" : table.setting() + ": ";
      findings.addAll(Findings.of(table).stream().map(sentence -> where + sentence).toList());
      order(table).ifPresent(order -> findings.add(where + order.sentence()));
    }
    return findings;
  }

  /** The order of a table's methods beside the published one, where there is one. */
  Optional<PublishedOrder> order(MethodTable table) {
    return published == null ? Optional.empty() : PublishedOrder.of(table, published);
  }

  List<MethodTable> methodTables() {
    return tables;
  }

  /** Of a table, by its place. */
  ComparedExamples examples(int table) {
    return examples.get(table);
  }

  /** Whether there is anything to show yet. */
  public boolean isEmpty() {
    return tables.stream().allMatch(table -> table.runs().isEmpty());
  }

  /** How many runs it is made of. */
  public int runs() {
    return tables.stream().mapToInt(table -> table.runs().size()).sum();
  }

  /**
   * Writes {@link RunFolder#REPORT_PAGE}, {@link RunFolder#REPORT_TEXT}, {@code results.csv} and
   * {@code runs.csv}.
   *
   * @return the page
   */
  public Path write(Path folder) {
    WholeFile.write(folder.resolve(RunFolder.REPORT_TEXT), new ComparisonMarkdown(this).text());
    WholeFile.write(folder.resolve("results.csv"), ResultFiles.results(this));
    WholeFile.write(folder.resolve("runs.csv"), ResultFiles.runs(this));
    return WholeFile.write(folder.resolve(RunFolder.REPORT_PAGE), new ComparisonPage(this).html());
  }

  /** What the student is and what trained it, where that is the same for all runs of a table. */
  static List<String> circumstances(MethodTable table) {
    List<String> facts = new ArrayList<>();
    List<RunRecord> runs = table.runs();
    if (runs.isEmpty()) {
      return facts;
    }
    RunRecord one = runs.get(0);
    Map<String, Set<String>> students = new LinkedHashMap<>();
    for (Method method : table.all()) {
      for (RunRecord run : method.runs()) {
        students.computeIfAbsent(student(run), any -> new LinkedHashSet<>()).add(method.name());
      }
    }
    students.forEach(
        (student, methods) ->
            facts.add(
                students.size() == 1
                    ? "Student " + student
                    : String.join(", ", methods) + ": " + student));
    facts.add("Data: " + flat(one.data()) + ".");
    one.environment()
        .ifPresent(
            e ->
                facts.add(
                    "TensorFlow "
                        + e.tensorflow()
                        + ", Java "
                        + e.java()
                        + ", "
                        + e.system()
                        + ", "
                        + e.cores()
                        + " cores."));
    return facts;
  }

  private static String student(RunRecord run) {
    RunResult result = run.result().orElseThrow();
    return String.format(
        Locale.ROOT,
        "%s: %,d parameters, %.1f million multiplications and additions for a picture.",
        run.student(),
        result.parameters(),
        result.flopsPerImage() / 1e6);
  }

  private static String flat(JsonNode node) {
    List<String> parts = new ArrayList<>();
    node.properties()
        .forEach(
            part -> {
              String value = part.getValue().asText();
              parts.add(part.getKey().equals("name") ? value : part.getKey() + " " + value);
            });
    return String.join(", ", parts);
  }
}
