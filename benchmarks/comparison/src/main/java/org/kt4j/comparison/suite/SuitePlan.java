package org.kt4j.comparison.suite;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A suite, worked out: every run that it is made of.
 *
 * @param name for people, such as {@code cifar10/suite}
 * @param source the file
 * @param folder where its own files go
 * @param runs where runs go that its runs need: teachers that are trained first
 * @param tables one for each combination of the suite's grid
 * @param published what others have measured with the same methods
 */
public record SuitePlan(
    String name,
    Path source,
    Path folder,
    Path runs,
    List<Table> tables,
    @Nullable PublishedScores published) {

  /** What the first row of a table is called. */
  public static final String ALONE = "student alone";

  /**
   * Rows that can be compared.
   *
   * @param setting of the grid, such as {@code learning-rate 0.1}; empty without a grid
   * @param rows the first is the student alone
   */
  public record Table(String setting, List<Row> rows) {}

  /**
   * A method.
   *
   * @param method its name
   * @param runs one for each seed
   */
  public record Row(String method, List<PlannedRun> runs) {}

  /** Every run; all rows with the first seed, then all with the next. */
  public List<PlannedRun> inOrder() {
    List<PlannedRun> all = new ArrayList<>();
    int seeds = tables.get(0).rows().get(0).runs().size();
    for (int s = 0; s < seeds; s++) {
      for (Table table : tables) {
        for (Row row : table.rows()) {
          all.add(row.runs().get(s));
        }
      }
    }
    return all;
  }
}
