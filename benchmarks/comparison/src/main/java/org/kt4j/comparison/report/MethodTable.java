package org.kt4j.comparison.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.Scores;

/**
 * Methods that can be compared: the same pictures, each against the same baseline.
 *
 * @param setting what tells this table from others of its suite; empty where there is one
 * @param baseline the student alone
 * @param methods the others
 */
record MethodTable(String setting, Method baseline, List<Method> methods) {

  MethodTable {
    methods = List.copyOf(methods);
  }

  /** The baseline, then the others. */
  List<Method> all() {
    return Stream.concat(Stream.of(baseline), methods.stream()).toList();
  }

  boolean isBaseline(Method method) {
    return method.name().equals(baseline.name());
  }

  List<RunRecord> runs() {
    return all().stream().flatMap(method -> method.runs().stream()).toList();
  }

  /** The same for all runs, but older ones lack its explanation; any while there is no run. */
  Metric metric() {
    List<Metric> metrics = runs().stream().map(RunRecord::metric).toList();
    return metrics.stream()
        .filter(metric -> !metric.explanation().isEmpty())
        .findFirst()
        .or(() -> metrics.stream().findFirst())
        .orElseGet(Metric::ofOlderFiles);
  }

  /** What the scores of classes are, in sentences; empty where that needs none. */
  Optional<String> scoresExplained() {
    return runs().stream()
        .flatMap(run -> run.scores().stream())
        .map(Scores::explanation)
        .filter(text -> !text.isEmpty())
        .findFirst();
  }

  /** Whether the answers of some run can agree with those of its teacher. */
  boolean hasAgreement() {
    return runs().stream().anyMatch(run -> run.result().orElseThrow().agreementLast() != null);
  }

  /** Whether its students cost different amounts, or something is known of their time. */
  boolean hasCosts() {
    return hasTimes() || differ(RunResult::parameters) || differ(RunResult::flopsPerImage);
  }

  private boolean differ(ToLongFunction<RunResult> of) {
    return runs().stream()
            .mapToLong(run -> of.applyAsLong(run.result().orElseThrow()))
            .distinct()
            .count()
        > 1;
  }

  /** Whether the time for one picture is known of some student. */
  boolean hasTimes() {
    return runs().stream().anyMatch(run -> run.milliseconds().isPresent());
  }

  /** The same for all runs, because it is frozen. Empty if no run has one. */
  OptionalDouble teacherScore() {
    return runs().stream()
        .map(run -> run.result().orElseThrow().teacherTest())
        .filter(score -> score != null)
        .mapToDouble(Double::doubleValue)
        .findFirst();
  }

  Optional<Gain> gain(Method method) {
    return method.over(baseline, metric(), RunResult::testLast);
  }
}
