package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;

/** The report for a page of documentation or a comment on a change. */
final class ComparisonMarkdown {

  private final ComparisonReport report;

  ComparisonMarkdown(ComparisonReport report) {
    this.report = report;
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add("# " + report.title());
    lines.add("");
    report.findings().forEach(finding -> lines.add("- " + finding));
    for (MethodTable table : report.methodTables()) {
      lines.add("");
      lines.add("## " + (table.setting().isEmpty() ? "Results" : "Results, " + table.setting()));
      lines.add("");
      lines.addAll(ResultRow.table(table).markdown());
      lines.add("");
      lines.add(Explanations.table(table));
      lines.add("");
      lines.addAll(
          ComparisonReport.circumstances(table).stream().map(fact -> "- " + fact).toList());
      report
          .order(table)
          .ifPresent(
              order -> {
                lines.addAll(List.of("", "### Order of the methods", "", order.sentence(), ""));
                lines.addAll(order.table().markdown());
              });
      figures(table, lines);
      classes(table, lines);
      table.scoresExplained().ifPresent(text -> lines.addAll(List.of("", text)));
      lines.add("");
      lines.add("### Objective of each method");
      lines.add("");
      for (Method method : table.all()) {
        if (!method.isEmpty()) {
          lines.add("- " + method.name() + ": " + method.runs().get(0).objective());
        }
      }
    }
    if (!report.warnings().isEmpty()) {
      lines.add("");
      lines.add("## Damaged or missing files");
      lines.add("");
      report.warnings().forEach(warning -> lines.add("- " + warning));
    }
    return String.join("\n", lines) + "\n";
  }

  private static void figures(MethodTable table, List<String> lines) {
    OverallFigures.of(table)
        .ifPresent(
            figures -> {
              lines.addAll(List.of("", "### Scores over all classes, in percent", ""));
              lines.addAll(figures.markdown());
            });
  }

  private static void classes(MethodTable table, List<String> lines) {
    ClassGains gains = new ClassGains(table);
    if (gains.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("### " + gains.heading());
    lines.add("");
    lines.addAll(gains.table().markdown());
    lines.addAll(List.of("", gains.note(table.baseline().name())));
  }
}
