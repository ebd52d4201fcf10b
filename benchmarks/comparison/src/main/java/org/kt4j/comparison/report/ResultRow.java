package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;

/** The table of results: the baseline, the methods, the teacher. */
final class ResultRow {

  private static final String NOTHING = "-";

  private ResultRow() {}

  static Table table(MethodTable table) {
    return new Table(header(table), rows(table));
  }

  private static List<String> header(MethodTable table) {
    String test = table.metric().column();
    List<String> header = new ArrayList<>();
    header.addAll(List.of("method", test + ", last epoch", "gain", "95 % interval"));
    header.add(test + ", best epoch");
    if (table.hasAgreement()) {
      header.add("agreement %");
    }
    if (table.hasCosts()) {
      header.addAll(List.of("parameters", "multiplications"));
    }
    if (table.hasTimes()) {
      header.add("ms for one picture");
    }
    header.addAll(List.of("time", "images/s", "memory"));
    return header;
  }

  private static List<List<String>> rows(MethodTable table) {
    List<List<String>> rows = new ArrayList<>();
    for (Method method : table.all()) {
      rows.add(row(table, method));
    }
    table
        .teacherScore()
        .ifPresent(
            score -> {
              String test = table.metric().cell(score);
              List<String> teacher = new ArrayList<>(List.of("teacher", test));
              teacher.addAll(List.of(NOTHING, NOTHING, test));
              teacher.addAll(Collections.nCopies(header(table).size() - teacher.size(), NOTHING));
              rows.add(teacher);
            });
    return rows;
  }

  private static List<String> row(MethodTable table, Method method) {
    Metric metric = table.metric();
    List<String> row = new ArrayList<>();
    row.add(method.name());
    row.add(method.spread(RunResult::testLast).map(s -> s.text(metric)).orElse("no result"));
    Optional<Gain> gain = table.isBaseline(method) ? Optional.empty() : table.gain(method);
    row.add(gain.map(g -> g.text(metric)).orElse(NOTHING));
    row.add(gain.map(g -> g.interval(metric)).orElse(NOTHING));
    row.add(method.spread(RunResult::testBest).map(s -> s.text(metric)).orElse(NOTHING));
    if (table.hasAgreement()) {
      row.add(method.spread(ResultRow::agreement).map(Spread::percent).orElse(NOTHING));
    }
    if (table.hasCosts()) {
      row.add(count(method, RunResult::parameters));
      row.add(count(method, ResultRow::multiplications));
    }
    if (table.hasTimes()) {
      double milliseconds = method.meanOf(ResultRow::milliseconds);
      row.add(
          Double.isNaN(milliseconds) ? NOTHING : String.format(Locale.ROOT, "%.2f", milliseconds));
    }
    row.add(
        method
            .spread(RunResult::wallSeconds)
            .map(s -> NumberFormats.time(s.mean()))
            .orElse(NOTHING));
    row.add(
        method.isEmpty()
            ? NOTHING
            : NumberFormats.speed(method.meanOf(RunRecord::imagesPerSecond)));
    row.add(
        method
            .spread(ResultRow::memory)
            .map(s -> NumberFormats.size((long) s.mean()))
            .orElse(NOTHING));
    return row;
  }

  private static String count(Method method, ToDoubleFunction<RunResult> of) {
    return method.spread(of).map(s -> NumberFormats.count(Math.round(s.mean()))).orElse(NOTHING);
  }

  /** Of one picture: half of the operations, of which the others are additions. */
  private static double multiplications(RunResult result) {
    return result.flopsPerImage() / 2.0;
  }

  static double milliseconds(RunRecord run) {
    return run.milliseconds().orElse(Double.NaN);
  }

  static double agreement(RunResult result) {
    Double agreement = result.agreementLast();
    return agreement == null ? Double.NaN : agreement;
  }

  static double memory(RunResult result) {
    Long peak = result.peakMemory();
    return peak == null ? Double.NaN : peak;
  }
}
