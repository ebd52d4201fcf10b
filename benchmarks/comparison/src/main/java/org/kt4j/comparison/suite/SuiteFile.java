package org.kt4j.comparison.suite;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.comparison.output.WholeFile;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.MayBeMissing;

/**
 * {@code suite.json}: which runs a comparison is made of, so that its report can be made again
 * wherever the folder is.
 *
 * @param name for people
 * @param source the suite's file
 * @param tables as {@link SuitePlan#tables()}
 * @param published what others have measured with the same methods
 */
public record SuiteFile(
    String name,
    String source,
    List<Table> tables,
    @MayBeMissing @Nullable PublishedScores published) {

  private static final String NAME = "suite.json";

  /** One table. */
  public record Table(String setting, List<Row> rows) {}

  /** One row. */
  public record Row(String method, List<Run> runs) {}

  /**
   * One run.
   *
   * @param folder from the suite's folder
   * @param failure why it has no result, if it failed
   */
  public record Run(long seed, String folder, @Nullable String failure) {}

  /** Where it stands in a suite's folder. */
  public static Path in(Path folder) {
    return folder.resolve(NAME);
  }

  static void write(SuitePlan plan, Map<PlannedRun, String> failures) {
    List<Table> tables =
        plan.tables().stream()
            .map(
                table ->
                    new Table(
                        table.setting(),
                        table.rows().stream()
                            .map(row -> new Row(row.method(), runs(plan, row, failures)))
                            .toList()))
            .toList();
    WholeFile.write(
        in(plan.folder()),
        Json.indented(
            new SuiteFile(plan.name(), plan.source().toString(), tables, plan.published())));
  }

  private static List<Run> runs(
      SuitePlan plan, SuitePlan.Row row, Map<PlannedRun, String> failures) {
    return row.runs().stream()
        .map(
            run ->
                new Run(
                    run.seed(),
                    plan.folder().relativize(run.folder()).toString().replace('\\', '/'),
                    failures.get(run)))
        .toList();
  }

  /**
   * Reads the file of a suite's folder.
   *
   * @throws ConfigurationException when it is damaged
   */
  public static SuiteFile read(Path folder) {
    Path file = in(folder);
    try {
      SuiteFile suite = Json.read(file, SuiteFile.class);
      requireWhole(file, suite);
      return suite;
    } catch (IOException e) {
      throw damaged(file, String.valueOf(e.getMessage()));
    }
  }

  private static void requireWhole(Path file, SuiteFile suite) {
    if (suite.tables().isEmpty()) {
      throw damaged(file, "tables: is empty; allowed: 1 or more");
    }
    for (int t = 0; t < suite.tables().size(); t++) {
      Table table = suite.tables().get(t);
      String place = "tables[" + t + "]";
      if (table.rows().isEmpty()) {
        throw damaged(file, place + ".rows: is empty; allowed: 1 or more");
      }
      Set<String> names = new HashSet<>();
      for (Row row : table.rows()) {
        if (!names.add(row.method())) {
          throw damaged(file, place + ".rows: two are called '" + row.method() + "'");
        }
      }
    }
  }

  private static ConfigurationException damaged(Path file, String why) {
    return ConfigurationException.of(
        file
            + ": the file is damaged: "
            + why
            + "; fix: run kt compare again, which makes it anew");
  }
}
