package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import org.kt4j.engine.run.RunResult;

/** The table of results: the baseline, the methods, the teacher. */
final class ResultRow {

  private static final String NOTHING = "-";

  private ResultRow() {}

  static Table table(MethodTable table) {
    return new Table(header(table.metric()), rows(table));
  }

  /** A detector has no one answer to a picture with which another could agree. */
  private static List<String> header(Metric metric) {
    List<String> header = new ArrayList<>();
    header.addAll(List.of("method", metric.column() + ", last epoch", "gain", "95 % interval"));
    header.add(metric.column() + ", best epoch");
    if (metric.isAccuracy()) {
      header.add("agreement %");
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
        .teacherAccuracy()
        .ifPresent(
            accuracy -> {
              String percent = String.format(Locale.ROOT, "%.2f", 100 * accuracy);
              List<String> teacher = new ArrayList<>(List.of("teacher", percent));
              teacher.addAll(List.of(NOTHING, NOTHING, percent));
              teacher.addAll(Collections.nCopies(table.metric().isAccuracy() ? 4 : 3, NOTHING));
              rows.add(teacher);
            });
    return rows;
  }

  private static List<String> row(MethodTable table, Method method) {
    List<String> row = new ArrayList<>();
    row.add(method.name());
    row.add(method.spread(RunResult::testLast).map(Spread::percent).orElse("no result"));
    Optional<Gain> gain = table.isBaseline(method) ? Optional.empty() : table.gain(method);
    row.add(gain.map(Gain::points).orElse(NOTHING));
    row.add(gain.map(Gain::interval).orElse(NOTHING));
    row.add(method.spread(RunResult::testBest).map(Spread::percent).orElse(NOTHING));
    if (table.metric().isAccuracy()) {
      row.add(method.spread(ResultRow::agreement).map(Spread::percent).orElse(NOTHING));
    }
    row.add(method.spread(RunResult::wallSeconds).map(s -> NumberFormats.time(s.mean())).orElse(NOTHING));
    row.add(method.isEmpty() ? NOTHING : NumberFormats.speed(method.meanOf(RunRecord::imagesPerSecond)));
    row.add(
        method.spread(ResultRow::memory).map(s -> NumberFormats.size((long) s.mean())).orElse(NOTHING));
    return row;
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
