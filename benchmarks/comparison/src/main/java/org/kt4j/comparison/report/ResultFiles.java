package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.kt4j.comparison.output.Csv;
import org.kt4j.engine.run.RunResult;

/**
 * The numbers for other programs. Scores are as the metric has them, shares not in percent; gains
 * are positive where a method is better; what is unknown is empty.
 */
final class ResultFiles {

  private static final List<String> RESULTS =
      List.of(
          "setting",
          "method",
          "seeds",
          "test-last-mean",
          "test-last-deviation",
          "gain-mean",
          "gain-deviation",
          "gain-low-95",
          "gain-high-95",
          "test-best-mean",
          "test-best-deviation",
          "agreement-mean",
          "wall-seconds-mean",
          "training-seconds-mean",
          "images-per-second-mean",
          "peak-memory-bytes-mean",
          "parameters",
          "flops-per-image",
          "milliseconds-per-image",
          "metric");

  private static final List<String> RUNS =
      List.of(
          "setting",
          "method",
          "seed",
          "folder",
          "test-last",
          "test-best",
          "best-epoch",
          "held-out-last",
          "held-out-best",
          "teacher-test",
          "agreement",
          "wall-seconds",
          "training-seconds",
          "peak-memory-bytes",
          "parameters",
          "flops-per-image",
          "milliseconds-per-image",
          "metric");

  private ResultFiles() {}

  static String results(ComparisonReport report) {
    List<List<Object>> rows = new ArrayList<>();
    for (MethodTable table : report.methodTables()) {
      for (Method method : table.all()) {
        List<Object> row = new ArrayList<>();
        row.add(table.setting());
        row.add(method.name());
        row.add(method.runs().size());
        add(row, method, RunResult::testLast, true);
        Optional<Gain> gain = table.isBaseline(method) ? Optional.empty() : table.gain(method);
        row.add(number(gain.map(Gain::mean)));
        row.add(number(gain.map(Gain::deviation)));
        row.add(number(gain.map(Gain::low)));
        row.add(number(gain.map(Gain::high)));
        add(row, method, RunResult::testBest, true);
        add(row, method, ResultRow::agreement, false);
        add(row, method, RunResult::wallSeconds, false);
        add(row, method, RunResult::trainingSeconds, false);
        row.add(number(Optional.of(method.meanOf(RunRecord::imagesPerSecond))));
        add(row, method, ResultRow::memory, false);
        add(row, method, RunResult::parameters, false);
        add(row, method, RunResult::flopsPerImage, false);
        row.add(number(Optional.of(method.meanOf(ResultRow::milliseconds))));
        row.add(method.isEmpty() ? "" : table.metric().name());
        rows.add(row);
      }
    }
    return Csv.of(RESULTS, rows);
  }

  private static void add(
      List<Object> row, Method method, ToDoubleFunction<RunResult> of, boolean deviation) {
    Optional<Spread> spread = method.spread(of);
    row.add(number(spread.map(Spread::mean)));
    if (deviation) {
      row.add(number(spread.map(Spread::deviation)));
    }
  }

  static String runs(ComparisonReport report) {
    List<List<Object>> rows = new ArrayList<>();
    for (MethodTable table : report.methodTables()) {
      for (Method method : table.all()) {
        for (RunRecord run : method.runs()) {
          RunResult r = run.result().orElseThrow();
          List<Object> row = new ArrayList<>();
          row.addAll(List.of(table.setting(), method.name(), run.seed(), run.folder().toString()));
          row.addAll(List.of(r.testLast(), r.testBest(), r.bestEpoch()));
          row.addAll(List.of(r.heldOutLast(), r.heldOutBest()));
          row.add(r.teacherTest());
          row.add(r.agreementLast());
          row.addAll(List.of(r.wallSeconds(), r.trainingSeconds()));
          row.add(r.peakMemory());
          row.addAll(List.of(r.parameters(), r.flopsPerImage()));
          row.add(number(Optional.of(ResultRow.milliseconds(run))));
          row.add(run.metric().name());
          rows.add(row);
        }
      }
    }
    return Csv.of(RUNS, rows);
  }

  private static Object number(Optional<Double> value) {
    return value.filter(known -> !known.isNaN()).map(Object.class::cast).orElse("");
  }
}
