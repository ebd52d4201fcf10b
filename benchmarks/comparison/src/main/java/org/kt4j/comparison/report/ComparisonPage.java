package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kt4j.comparison.output.Page;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;

/** The report as a page that needs nothing beside itself. */
final class ComparisonPage {

  /** A panel of a grid. */
  record Plot(String caption, String svg, List<Key> keys) {}

  /** A line of a legend. */
  record Key(String name, String style) {}

  private final ComparisonReport report;

  ComparisonPage(ComparisonReport report) {
    this.report = report;
  }

  String html() {
    List<Map<String, Object>> tables = new ArrayList<>();
    for (MethodTable table : report.methodTables()) {
      tables.add(
          section(table, report.order(table), report.examples(tables.size()), tables.size()));
    }
    return Page.html(
        ComparisonPage.class,
        "comparison.mustache",
        report.title(),
        Map.of(
            "title", report.title(),
            "findings", report.findings(),
            "warnings", report.warnings(),
            "hasWarnings", !report.warnings().isEmpty(),
            "tables", tables));
  }

  private static Map<String, Object> section(
      MethodTable table, Optional<PublishedOrder> order, ComparedExamples examples, int index) {
    Table results = ResultRow.table(table);
    Metric metric = table.metric();
    Optional<Table> figures = OverallFigures.of(table);
    ClassGains classes = new ClassGains(table);
    List<Method> scored = table.all().stream().filter(classes::hasPrecision).toList();
    List<Method> complete = table.all().stream().filter(method -> !method.isEmpty()).toList();
    GainChart gains = new GainChart(table);
    return Map.ofEntries(
        Map.entry("id", index),
        Map.entry("setting", table.setting()),
        Map.entry("baseline", table.baseline().name()),
        Map.entry("explanation", Explanations.table(table)),
        Map.entry("metric", metric.name()),
        Map.entry("inPercent", Explanations.inPercent(metric)),
        Map.entry("inPoints", Explanations.inPoints(metric)),
        Map.entry("header", results.header()),
        Map.entry("results", results.rows().stream().map(HtmlRow::of).toList()),
        Map.entry("circumstances", ComparisonReport.circumstances(table)),
        Map.entry("hasGains", table.methods().stream().anyMatch(m -> table.gain(m).isPresent())),
        Map.entry("gains", gainRows(table, gains)),
        Map.entry("ticks", gains.drawTicks()),
        Map.entry("hasCurves", !complete.isEmpty()),
        Map.entry("curves", curves(table, complete)),
        Map.entry("cost", complete.isEmpty() ? "" : CostChart.draw(complete, metric)),
        Map.entry("numbered", complete.stream().map(Method::name).toList()),
        Map.entry("hasOrder", order.isPresent()),
        Map.entry("orderSentence", order.map(PublishedOrder::sentence).orElse("")),
        Map.entry("orderHeader", order.map(o -> o.table().header()).orElse(List.of())),
        Map.entry(
            "order",
            order.map(o -> o.table().rows()).orElse(List.of()).stream().map(HtmlRow::of).toList()),
        Map.entry("hasFigures", figures.isPresent()),
        Map.entry("figureHeader", figures.map(Table::header).orElse(List.of())),
        Map.entry(
            "figures",
            figures.map(Table::rows).orElse(List.of()).stream().map(HtmlRow::of).toList()),
        Map.entry("scoresExplained", table.scoresExplained().orElse("")),
        Map.entry("hasScoresExplained", table.scoresExplained().isPresent()),
        Map.entry("hasClasses", !classes.isEmpty()),
        Map.entry("classHeading", classes.heading()),
        Map.entry("classNote", classes.note(table.baseline().name())),
        Map.entry("classHeader", classes.isEmpty() ? List.of() : classes.table().header()),
        Map.entry("classes", classes.isEmpty() ? List.of() : classRows(classes)),
        Map.entry("classesShortened", classes.isShortened()),
        Map.entry("hasPrecision", !scored.isEmpty()),
        Map.entry("precisionKeys", PrecisionRecall.keys(table, scored)),
        Map.entry(
            "precision",
            scored.isEmpty() ? List.of() : PrecisionRecall.of(table, scored, classes.shown())),
        Map.entry("hasExamples", !examples.isEmpty()),
        Map.entry("examples", examples.pictures()),
        Map.entry("terms", terms(complete)),
        Map.entry("hasGradients", !gradients(complete).isEmpty()),
        Map.entry("gradients", gradients(complete)),
        Map.entry("gradientsExplained", GradientTable.EXPLANATION),
        Map.entry("objectives", objectives(complete)));
  }

  /** A row whose first cell is a heading. */
  record HtmlRow(String head, List<String> cells) {
    static HtmlRow of(List<String> row) {
      return new HtmlRow(row.get(0), row.subList(1, row.size()));
    }
  }

  /** A row of the picture of gains. */
  record GainRow(String name, String svg, String points, String interval, String verdict) {}

  private static List<GainRow> gainRows(MethodTable table, GainChart chart) {
    List<GainRow> rows = new ArrayList<>();
    for (Method method : table.methods()) {
      Optional<Gain> gain = table.gain(method);
      gain.ifPresent(
          known ->
              rows.add(
                  new GainRow(
                      method.name(),
                      chart.draw(method),
                      known.text(table.metric()),
                      known.interval(table.metric()),
                      known.verdict().name().toLowerCase(Locale.ROOT))));
    }
    return rows;
  }

  private static List<Plot> curves(MethodTable table, List<Method> complete) {
    Metric metric = table.metric();
    List<Panel.Curve> heldOut = new ArrayList<>();
    complete.forEach(
        method ->
            heldOut.add(
                Curves.heldOut(
                    method.name(),
                    table.isBaseline(method) ? "alone" : "method",
                    method.runs(),
                    metric)));
    Panel panel = Panel.holding(heldOut);
    Optional<Panel.Curve> alone =
        heldOut.stream().filter(curve -> curve.style().equals("alone")).findFirst();
    List<Plot> plots = new ArrayList<>();
    for (Panel.Curve curve : heldOut) {
      if (curve.style().equals("method") || heldOut.size() == 1) {
        List<Panel.Curve> drawn = new ArrayList<>();
        alone.ifPresent(drawn::add);
        drawn.add(curve);
        String description =
            String.format(
                Locale.ROOT,
                "The held-out %s of %s over the epochs; at the end it is %s%s",
                metric.name(),
                curve.name(),
                metric.text(curve.last() / metric.scale()),
                alone
                    .map(
                        a ->
                            ", that of the "
                                + a.name()
                                + " "
                                + metric.text(a.last() / metric.scale()))
                    .orElse(""));
        plots.add(new Plot(curve.name(), panel.draw(drawn, description), List.of()));
      }
    }
    return plots;
  }

  private static List<Plot> terms(List<Method> complete) {
    List<Plot> plots = new ArrayList<>();
    for (Method method : complete) {
      plots.add(terms(method.name(), method.runs()));
    }
    return plots;
  }

  private static List<Plot> gradients(List<Method> complete) {
    List<Plot> plots = new ArrayList<>();
    for (Method method : complete) {
      gradients(method.name(), method.runs()).ifPresent(plots::add);
    }
    return plots;
  }

  static Optional<Plot> gradients(String caption, List<RunRecord> runs) {
    List<Panel.Curve> curves = Curves.gradientShares(runs);
    if (curves.isEmpty()) {
      return Optional.empty();
    }
    String shares =
        curves.stream()
            .map(curve -> String.format(Locale.ROOT, " %s %.0f %%", curve.name(), curve.last()))
            .collect(Collectors.joining(","));
    return Optional.of(
        new Plot(
            caption,
            Panel.holding(curves)
                .draw(curves, "The share of each term's gradient; at the end" + shares),
            keys(curves)));
  }

  private static List<Key> keys(List<Panel.Curve> curves) {
    return curves.stream().map(curve -> new Key(curve.name(), curve.style())).toList();
  }

  static Plot terms(String caption, List<RunRecord> runs) {
    List<Panel.Curve> curves = Curves.terms(runs);
    StringBuilder description =
        new StringBuilder("The mean loss of each term over the epochs; at the end");
    for (Panel.Curve curve : curves) {
      description.append(' ').append(curve.name());
      description.append(' ').append(NumberFormats.loss(curve.last()));
    }
    return new Plot(
        caption, Panel.logarithmic(curves).draw(curves, description.toString()), keys(curves));
  }

  /** A cell of the table of classes. */
  record ClassCell(String text, String style) {}

  /** A class. */
  record ClassRow(String name, String alone, List<ClassCell> gains, String teacher) {}

  private static List<ClassRow> classRows(ClassGains classes) {
    return IntStream.of(classes.shown())
        .mapToObj(
            k ->
                new ClassRow(
                    classes.name(k),
                    classes.alone(k),
                    IntStream.range(0, classes.methods().size())
                        .mapToObj(
                            m -> new ClassCell(classes.gainText(m, k), shade(classes.gain(m, k))))
                        .toList(),
                    classes.teacher(k)))
        .toList();
  }

  /** Five steps each way; the number is there for those who do not see colours. */
  private static String shade(double gain) {
    if (Double.isNaN(gain)) {
      return "even";
    }
    int step = (int) Math.min(5, Math.ceil(Math.abs(gain) / 0.03));
    return step == 0 ? "even" : (gain > 0 ? "up-" : "down-") + step;
  }

  /** A method in words. */
  record Objective(String name, String text) {}

  private static List<Objective> objectives(List<Method> complete) {
    return complete.stream()
        .map(method -> new Objective(method.name(), method.runs().get(0).objective()))
        .toList();
  }
}
