package org.kt4j.comparison.report;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;
import org.kt4j.engine.run.RunResult;

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

  /** The same for all runs; accuracy while there is none. */
  Metric metric() {
    return runs().stream().findFirst().map(RunRecord::metric).orElse(Metric.ACCURACY);
  }

  /** The same for all runs: it is frozen. Empty where nobody has one. */
  OptionalDouble teacherAccuracy() {
    return runs().stream()
        .map(run -> run.result().orElseThrow().teacherTest())
        .filter(accuracy -> accuracy != null)
        .mapToDouble(Double::doubleValue)
        .findFirst();
  }

  Optional<Gain> gain(Method method) {
    return method.over(baseline, RunResult::testLast);
  }
}
