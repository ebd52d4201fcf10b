package org.kt4j.speed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a benchmark found, as Markdown.
 *
 * @param title the heading
 * @param judged whether figures are held against their targets
 * @param notes what must be known to read it
 * @param environment by name
 * @param figures the rows
 * @param appendix further tables, as Markdown
 */
record Report(
    String title,
    boolean judged,
    List<String> notes,
    Map<String, String> environment,
    List<Figure> figures,
    List<String> appendix) {

  /**
   * Measures sections, one after another.
   *
   * @param remarks what must be known to read it
   */
  static Report measured(
      String title, Workbench bench, List<Section> sections, List<String> remarks)
      throws IOException {
    List<Figure> figures = new ArrayList<>();
    List<String> appendix = new ArrayList<>();
    for (Section section : sections) {
      System.err.println("measuring " + section.name());
      Section.Outcome outcome = section.measure(bench);
      figures.addAll(outcome.figures());
      appendix.addAll(outcome.appendix());
    }
    boolean quick = bench.settings().quick();
    List<String> notes = new ArrayList<>();
    if (quick) {
      notes.add("**A smoke run: these numbers mean nothing.**");
    }
    notes.addAll(remarks);
    return new Report(title, !quick, notes, BenchmarkArguments.environment(), figures, appendix);
  }

  String markdown() {
    List<String> lines = new ArrayList<>(List.of("# " + title, ""));
    notes.forEach(note -> lines.add("- " + note));
    lines.addAll(List.of("", "| environment | |", "|---|---|"));
    environment.forEach((name, value) -> lines.add("| " + name + " | " + value + " |"));
    lines.addAll(
        List.of(
            "",
            "| section | figure | median | quartiles | target | met | remark |",
            "|---|---|---|---|---|---|---|"));
    figures.forEach(figure -> lines.add(row(figure)));
    appendix.forEach(table -> lines.addAll(List.of("", table)));
    return String.join("\n", lines) + "\n";
  }

  private String row(Figure figure) {
    Samples values = figure.values();
    Figure.Target target = figure.target();
    String unit = figure.unit().isEmpty() ? "" : " " + figure.unit();
    return "| "
        + String.join(
            " | ",
            figure.section(),
            figure.name(),
            values == null ? "not measured" : Figure.number(values.median()) + unit,
            values == null || values.perRound().length == 1
                ? ""
                : Figure.number(values.quantile(0.25))
                    + " to "
                    + Figure.number(values.quantile(0.75)),
            target == null ? "" : target + unit,
            !judged || target == null || values == null
                ? ""
                : target.met(values.median()) ? "yes" : "**no**",
            figure.remark())
        + " |";
  }
}
