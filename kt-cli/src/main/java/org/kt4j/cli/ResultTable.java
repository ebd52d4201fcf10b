package org.kt4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.function.DoubleFunction;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.kt4j.comparison.report.Spread;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.training.Comparison;

/** Teacher, student alone and student with its terms, over one seed or several. */
final class ResultTable {

  private static final String NOTHING = "-";

  /**
   * How one seed ended.
   *
   * @param comparison the results
   * @param speed images per second of the run
   * @param baselineSpeed images per second of the baseline
   */
  record Outcome(Comparison comparison, OptionalDouble speed, OptionalDouble baselineSpeed) {

    RunResult result() {
      return comparison.result();
    }

    RunResult baseline() {
      return comparison.baseline().orElseThrow();
    }
  }

  private final List<Outcome> outcomes;
  private final String plusMinus;
  private final boolean hasBaseline;
  private final boolean hasTeacher;
  private final boolean hasAgreement;
  private final Metric metric;

  private ResultTable(List<Outcome> outcomes, String plusMinus) {
    this.outcomes = outcomes;
    this.plusMinus = plusMinus;
    this.hasBaseline = outcomes.stream().allMatch(o -> o.comparison().baseline().isPresent());
    this.hasTeacher = outcomes.stream().allMatch(o -> o.result().teacherTest() != null);
    this.metric = outcomes.get(0).result().metric();
    this.hasAgreement = outcomes.stream().anyMatch(o -> o.result().agreementLast() != null);
  }

  /**
   * The table.
   *
   * @param outcomes one for each seed; with several, cells are mean and standard deviation (n-1)
   * @param student the name of its row
   * @param plusMinus what stands between the two
   */
  static Table of(List<Outcome> outcomes, String student, String plusMinus) {
    return new ResultTable(List.copyOf(outcomes), plusMinus).table(student);
  }

  private Table table(String student) {
    List<String> header = new ArrayList<>(List.of("", metric.column() + ", last epoch"));
    addIf(hasBaseline, header, "gain");
    header.add(metric.column() + ", best epoch");
    addIf(hasBaseline, header, "gain");
    addIf(hasAgreement, header, "agreement %");
    header.addAll(List.of("training", "images/s"));
    List<List<String>> rows = new ArrayList<>();
    if (hasTeacher) {
      rows.add(teacher());
    }
    if (hasBaseline) {
      rows.add(row("student alone", Outcome::baseline, Outcome::baselineSpeed, NOTHING, NOTHING));
    }
    rows.add(
        row(
            student,
            Outcome::result,
            Outcome::speed,
            gain(RunResult::testLast),
            gain(RunResult::testBest)));
    return new Table(header, rows);
  }

  /** A frozen network has one score, whatever the epoch of its student. */
  private List<String> teacher() {
    String score =
        statistics(values(o -> Objects.requireNonNull(o.result().teacherTest())), metric::cell);
    List<String> row = new ArrayList<>(List.of("teacher", score));
    addIf(hasBaseline, row, NOTHING);
    row.add(score);
    addIf(hasBaseline, row, NOTHING);
    addIf(hasAgreement, row, NOTHING);
    row.addAll(List.of(NOTHING, NOTHING));
    return row;
  }

  private List<String> row(
      String name,
      Function<Outcome, RunResult> of,
      Function<Outcome, OptionalDouble> speed,
      String gainLast,
      String gainBest) {
    List<String> row = new ArrayList<>();
    row.add(name);
    row.add(statistics(values(o -> of.apply(o).testLast()), metric::cell));
    addIf(hasBaseline, row, gainLast);
    row.add(statistics(values(o -> of.apply(o).testBest()), metric::cell));
    addIf(hasBaseline, row, gainBest);
    if (hasAgreement) {
      boolean known = outcomes.stream().allMatch(o -> of.apply(o).agreementLast() != null);
      row.add(
          known
              ? statistics(
                  values(o -> Objects.requireNonNull(of.apply(o).agreementLast())),
                  ResultTable::percent)
              : NOTHING);
    }
    row.add(NumberFormats.time(Spread.of(values(o -> of.apply(o).trainingSeconds())).mean()));
    boolean measured = outcomes.stream().allMatch(o -> speed.apply(o).isPresent());
    row.add(
        measured
            ? NumberFormats.speed(Spread.of(values(o -> speed.apply(o).getAsDouble())).mean())
            : NOTHING);
    return row;
  }

  /** Paired: each seed's run against the same seed's baseline. */
  private String gain(Function<RunResult, Double> score) {
    return hasBaseline
        ? statistics(
            values(o -> metric.gain(score.apply(o.result()), score.apply(o.baseline()))),
            metric::signed)
        : NOTHING;
  }

  private String statistics(double[] values, DoubleFunction<String> format) {
    Spread spread = Spread.of(values);
    boolean same = IntStream.range(1, values.length).allMatch(i -> values[i] == values[0]);
    String mean = format.apply(spread.mean());
    return same ? mean : mean + " " + plusMinus + " " + metric.cell(spread.deviation());
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f", 100 * share);
  }

  private double[] values(Function<Outcome, Double> of) {
    return outcomes.stream().mapToDouble(of::apply).toArray();
  }

  private static void addIf(boolean wanted, List<String> cells, String cell) {
    if (wanted) {
      cells.add(cell);
    }
  }
}
