package org.kt4j.benchmarks.speed;

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
