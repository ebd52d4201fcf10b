package org.kt4j.speed;

import java.io.IOException;
import java.util.List;

/** What a comparison costs beside its runs; {@code benchmarks/run compare}. */
public final class ComparisonCost {

  private ComparisonCost() {}

  /** Measures and prints. */
  public static void main(String[] arguments) throws IOException {
    List<Section> sections = List.of(new SuiteOverhead(), new ReportSpeed(KtCommand.ofHome()));
    BenchmarkArguments given =
        BenchmarkArguments.parse(
            "compare", arguments, sections.stream().map(Section::name).toList());
    Workbench bench = new Workbench(given.quick() ? Settings.smoke() : Settings.full());
    List<String> notes =
        List.of(
            "The suite: the student alone and KD, two seeds, runs as long as those of the"
                + " quickstart; a teacher that is trained first is not counted. The report: all"
                + " that kt report does, start included.");
    given.publish(
        Report.measured("What a comparison costs", bench, given.chosen(sections), notes)
            .markdown());
  }
}
