package org.kt4j.comparison.report;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kt4j.comparison.output.Page;
import org.kt4j.comparison.output.WholeFile;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.Predictions;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.Scores;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;

/** A page about one run, complete or not. */
public final class RunReport {

  /** The largest number of classes with a readable confusion matrix. */
  private static final int MOST_CLASSES = 25;

  private final RunRecord run;
  private final List<Example> examples;
  private final List<String> warnings;

  private RunReport(RunRecord run, List<Example> examples, List<String> warnings) {
    this.run = run;
    this.examples = examples;
    this.warnings = warnings;
  }

  /**
   * Reads a run.
   *
   * @throws ConfigurationException when the folder holds none
   */
  public static RunReport of(Path folder) {
    Set<String> warnings = new LinkedHashSet<>();
    RunRecord run = RunRecord.read(folder, warnings::add);
    List<Example> examples = Example.all(folder, warnings::add);
    return new RunReport(run, examples, List.copyOf(warnings));
  }

  /** What was damaged or missing and is left out. */
  public List<String> warnings() {
    return warnings;
  }

  /** The numbers, each with its name. */
  public Table table() {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("student", run.student()));
    rows.add(List.of("objective", run.objective()));
    rows.add(List.of("seed", Long.toString(run.seed())));
    List<EpochMetrics> epochs = run.metrics();
    if (!epochs.isEmpty() && !epochs.get(epochs.size() - 1).weights().isEmpty()) {
      rows.add(
          List.of(
              "weights at the end",
              epochs.get(epochs.size() - 1).weights().entrySet().stream()
                  .map(each -> each.getKey() + " " + NumberFormats.loss(each.getValue()))
                  .collect(Collectors.joining(", "))));
    }
    run.result().ifPresentOrElse(result -> add(rows, result), () -> addUnfinished(rows));
    run.environment()
        .ifPresent(
            e ->
                rows.add(
                    List.of(
                        "made with",
                        "TensorFlow "
                            + e.tensorflow()
                            + ", Java "
                            + e.java()
                            + ", "
                            + e.system()
                            + ", "
                            + e.cores()
                            + " cores, begun "
                            + e.started())));
    return new Table(List.of("", "value"), rows);
  }

  private void add(List<List<String>> rows, RunResult result) {
    Metric metric = run.metric();
    String test = "test " + metric.name();
    rows.add(List.of(test + ", last epoch", metric.text(result.testLast())));
    rows.add(
        List.of(
            test + ", best epoch",
            metric.text(result.testBest())
                + " (epoch "
                + result.bestEpoch()
                + " of "
                + result.epochs()
                + ", chosen on the held-out pictures)"));
    Double teacher = result.teacherTest();
    if (teacher != null) {
      rows.add(List.of(test + " of the teacher", metric.text(teacher)));
    }
    Double agreement = result.agreementLast();
    if (agreement != null) {
      rows.add(List.of("agreement with the teacher", NumberFormats.percent(agreement)));
    }
    rows.add(List.of("parameters", NumberFormats.count(result.parameters())));
    rows.add(
        List.of(
            "forward pass of one picture",
            String.format(
                Locale.ROOT,
                "%.1f million multiplications and additions",
                result.flopsPerImage() / 1e6)));
    if (run.milliseconds().isPresent()) {
      rows.add(
          List.of(
              "time for one picture",
              String.format(
                  Locale.ROOT,
                  "%.2f ms, as kt prune measured the network that it began with",
                  run.milliseconds().getAsDouble())));
    }
    rows.add(
        List.of(
            "time",
            NumberFormats.time(result.wallSeconds())
                + ", "
                + NumberFormats.time(result.trainingSeconds())
                + " of it training at "
                + NumberFormats.speed(run.imagesPerSecond())
                + " images/s"));
    Long memory = result.peakMemory();
    if (memory != null) {
      rows.add(List.of("most memory held", NumberFormats.size(memory)));
    }
  }

  private void addUnfinished(List<List<String>> rows) {
    List<EpochMetrics> metrics = run.metrics();
    rows.add(
        List.of(
            "progress",
            metrics.isEmpty()
                ? "no epoch is done"
                : metrics.get(metrics.size() - 1).epoch()
                    + " epochs are done; the last held-out "
                    + run.metric().name()
                    + " is "
                    + run.metric().text(metrics.get(metrics.size() - 1).heldOutScore())));
  }

  /**
   * Writes {@link RunFolder#REPORT_PAGE} and {@link RunFolder#REPORT_TEXT}.
   *
   * @return the page
   */
  public Path write(Path folder) {
    WholeFile.write(folder.resolve(RunFolder.REPORT_TEXT), markdown());
    return WholeFile.write(folder.resolve(RunFolder.REPORT_PAGE), html());
  }

  private String title() {
    return run.folder().normalize().toString();
  }

  private String markdown() {
    List<String> lines = new ArrayList<>(List.of("# " + title(), ""));
    lines.addAll(table().markdown());
    if (!explanation().isEmpty()) {
      lines.addAll(List.of("", explanation()));
    }
    GradientTable.of(run)
        .ifPresent(
            gradients -> {
              lines.addAll(List.of("", "## Gradients of the terms", ""));
              lines.addAll(gradients.markdown());
              lines.addAll(List.of("", GradientTable.EXPLANATION));
            });
    OverallFigures.of(run)
        .ifPresent(
            figures -> {
              lines.addAll(List.of("", "## Scores over all classes, in percent", ""));
              lines.addAll(figures.markdown());
            });
    classes()
        .ifPresent(
            classes -> {
              lines.addAll(List.of("", "## " + classHeading(), ""));
              lines.addAll(classes.markdown());
            });
    if (!scoresExplained().isEmpty()) {
      lines.addAll(List.of("", scoresExplained()));
    }
    lines.addAll(List.of("", "## Configuration", "", "```yaml"));
    lines.addAll(run.config().toYaml().stripTrailing().lines().toList());
    lines.add("```");
    if (!warnings.isEmpty()) {
      lines.addAll(List.of("", "## Damaged or missing files", ""));
      warnings.forEach(warning -> lines.add("- " + warning));
    }
    return String.join("\n", lines) + "\n";
  }

  private String explanation() {
    return Explanations.of(run.metric());
  }

  private String scoresExplained() {
    return run.scores().map(Scores::explanation).orElse("");
  }

  private String classHeading() {
    return run.scores().map(scores -> "Test " + scores.score() + " of each class").orElse("");
  }

  /** What each class reaches; empty while that is not known. */
  private Optional<Table> classes() {
    return run.scores().filter(scores -> !scores.classes().isEmpty()).map(RunReport::classes);
  }

  private static Table classes(Scores scores) {
    boolean taught = scores.classes().stream().anyMatch(one -> one.teacher() != null);
    String score = " " + scores.score() + " %";
    List<String> header =
        new ArrayList<>(
            List.of("class", scores.counted(), "last epoch" + score, "best epoch" + score));
    if (taught) {
      header.add("teacher" + score);
    }
    List<List<String>> rows = new ArrayList<>();
    for (Scores.ClassScore one : scores.classes()) {
      List<String> row = new ArrayList<>(List.of(one.name(), NumberFormats.count(one.count())));
      row.addAll(List.of(percent(one.last()), percent(one.best())));
      if (taught) {
        Double teacher = one.teacher();
        row.add(percent(teacher == null ? Double.NaN : teacher));
      }
      rows.add(row);
    }
    return new Table(header, rows);
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private String html() {
    Map<String, Object> values = new HashMap<>();
    values.put("title", title());
    values.put("facts", table().rows().stream().map(ComparisonPage.HtmlRow::of).toList());
    values.put("warnings", warnings);
    values.put("hasWarnings", !warnings.isEmpty());
    Metric metric = run.metric();
    values.put("metric", metric.atStart());
    values.put("inPercent", Explanations.inPercent(metric));
    values.put("hasCurves", !run.metrics().isEmpty());
    if (!run.metrics().isEmpty()) {
      List<RunRecord> one = List.of(run);
      List<Panel.Curve> score = new ArrayList<>();
      score.add(Curves.heldOut("held-out", "series-0", one, metric));
      Panel.Curve training = Curves.training("training", "series-1", one, metric);
      if (!training.points().isEmpty()) {
        score.add(training);
      }
      values.put(
          "score",
          Panel.holding(score)
              .draw(
                  score,
                  String.format(
                      Locale.ROOT,
                      "%s over the epochs; at the end it is %s on the held-out pictures",
                      metric.atStart(),
                      metric.text(score.get(0).last() / metric.scale()))));
      values.put(
          "scoreKeys",
          score.stream().map(c -> new ComparisonPage.Key(c.name(), c.style())).toList());
      values.put("terms", ComparisonPage.terms("", one));
      values.put("gradients", ComparisonPage.gradients("", one).map(List::of).orElse(List.of()));
      Panel.Curve rate = Curves.of("learning rate", "series-0", one, EpochMetrics::learningRate);
      values.put(
          "rate",
          Panel.holding(List.of(rate)).draw(List.of(rate), "The learning rate over the epochs"));
    }
    put(values, "hasGradients", "gradientHeader", "gradientRows", GradientTable.of(run));
    values.put("gradientsExplained", GradientTable.EXPLANATION);
    put(values, "hasFigures", "figureHeader", "figures", OverallFigures.of(run));
    put(values, "hasClasses", "classHeader", "classes", classes());
    values.put("classHeading", classHeading());
    values.put("hasConfusions", false);
    if (run.predictions().isPresent()) {
      confusions(values);
    }
    values.put("hasExplanation", !explanation().isEmpty());
    values.put("explanation", explanation());
    values.put("hasScoresExplained", !scoresExplained().isEmpty());
    values.put("scoresExplained", scoresExplained());
    values.put("hasPrecision", run.hasPrecision());
    values.put("precision", run.hasPrecision() ? PrecisionRecall.of(run) : List.of());
    values.put("hasExamples", !examples.isEmpty());
    values.put("examples", examples);
    values.put("yaml", run.config().toYaml());
    return Page.html(RunReport.class, "run.mustache", title(), values);
  }

  private static void put(
      Map<String, Object> values, String has, String header, String rows, Optional<Table> table) {
    values.put(has, table.isPresent());
    values.put(header, table.map(Table::header).orElse(List.of()));
    values.put(
        rows,
        table.map(Table::rows).orElse(List.of()).stream().map(ComparisonPage.HtmlRow::of).toList());
  }

  private void confusions(Map<String, Object> values) {
    Predictions predictions = run.predictions().orElseThrow();
    List<String> names = run.result().orElseThrow().classes();
    values.put("hasConfusions", names.size() <= MOST_CLASSES);
    if (names.size() > MOST_CLASSES) {
      return;
    }
    int[][] counts = new int[names.size()][names.size()];
    for (int i = 0; i < predictions.labels().length; i++) {
      counts[predictions.labels()[i]][predictions.last()[i]]++;
    }
    values.put("confusionHeader", names);
    Function<Integer, Map<String, Object>> row =
        k ->
            Map.of(
                "name",
                names.get(k),
                "cells",
                IntStream.range(0, names.size())
                    .mapToObj(
                        j ->
                            new ComparisonPage.ClassCell(
                                NumberFormats.count(counts[k][j]), shade(counts[k], j, k)))
                    .toList());
    values.put("confusions", IntStream.range(0, names.size()).mapToObj(k -> row.apply(k)).toList());
  }

  /** By its share of the row; right answers green, wrong ones red. */
  private static String shade(int[] row, int column, int right) {
    double share = (double) row[column] / Math.max(1, IntStream.of(row).sum());
    int step = (int) Math.min(5, Math.ceil(share * 5));
    return step == 0 ? "even" : (column == right ? "up-" : "down-") + step;
  }
}
