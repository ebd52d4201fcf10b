package org.kt4j.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.benchmarks.output.Table;

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
      lines.addAll(new Table(ResultRow.HEADER, ResultRow.of(table)).markdown());
      lines.add("");
      lines.add(Explanations.TABLE);
      lines.add("");
      lines.addAll(
          ComparisonReport.circumstances(table).stream().map(fact -> "- " + fact).toList());
      classes(table, lines);
      lines.add("");
      lines.add("### Objectives");
      lines.add("");
      for (Method method : table.all()) {
        if (!method.isEmpty()) {
          lines.add("- " + method.name() + ": " + method.runs().get(0).objective());
        }
      }
    }
    if (!report.warnings().isEmpty()) {
      lines.add("");
      lines.add("## Passed over");
      lines.add("");
      report.warnings().forEach(warning -> lines.add("- " + warning));
    }
    return String.join("\n", lines) + "\n";
  }

  private static void classes(MethodTable table, List<String> lines) {
    ClassGains gains = new ClassGains(table);
    if (gains.isEmpty()) {
      return;
    }
    lines.add("");
    lines.add("### Gain of each class, in points");
    lines.add("");
    lines.addAll(gains.table().markdown());
  }
}
