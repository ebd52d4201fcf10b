package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kt4j.engine.run.RunResult;

/** What a table says, in sentences. */
final class Findings {

  private Findings() {}

  static List<String> of(MethodTable table) {
    List<String> sentences = new ArrayList<>();
    table.methods().stream()
        .filter(method -> table.gain(method).isPresent())
        .max(Comparator.comparingDouble(method -> table.gain(method).orElseThrow().mean()))
        .ifPresent(best -> sentences.add(best(table, best)));
    group(table, Gain.Verdict.HELPS).ifPresent(names -> sentences.add("Helps: " + names + "."));
    group(table, Gain.Verdict.HURTS).ifPresent(names -> sentences.add("Hurts: " + names + "."));
    group(table, Gain.Verdict.UNCLEAR)
        .ifPresent(
            names ->
                sentences.add(
                    "Not decided by these seeds (the interval holds zero, or there is one seed): "
                        + names
                        + "."));
    Map<String, List<String>> gaps = new LinkedHashMap<>();
    for (Method method : table.all()) {
      for (String gap : method.gaps()) {
        gaps.computeIfAbsent(gap, any -> new ArrayList<>()).add(method.name());
      }
    }
    gaps.forEach((gap, names) -> sentences.add(String.join("; ", names) + ": " + gap + "."));
    return sentences;
  }

  private static String best(MethodTable table, Method best) {
    Gain gain = table.gain(best).orElseThrow();
    StringBuilder sentence = new StringBuilder();
    sentence.append(
        String.format(
            Locale.ROOT,
            "%s comes out highest with %s%s %%, %s points over the %s",
            best.name(),
            table.metric().isAccuracy() ? "" : "a test " + table.metric().name() + " of ",
            best.spread(RunResult::testLast).orElseThrow().percent(),
            gain.points(),
            table.baseline().name()));
    sentence.append(gain.hasInterval() ? " (95 % interval " + gain.interval() + ")" : "");
    table
        .teacherAccuracy()
        .ifPresent(
            teacher -> {
              double alone =
                  table.baseline().spread(RunResult::testLast).orElseThrow().mean();
              if (teacher > alone) {
                sentence.append(
                    String.format(
                        Locale.ROOT,
                        ", %.0f %% of the way to the teacher",
                        100 * gain.mean() / (teacher - alone)));
              }
            });
    return sentence.append('.').toString();
  }

  private static Optional<String> group(MethodTable table, Gain.Verdict verdict) {
    String names =
        table.methods().stream()
            .filter(m -> table.gain(m).filter(g -> g.verdict() == verdict).isPresent())
            .map(Method::name)
            .collect(Collectors.joining("; "));
    return names.isEmpty() ? Optional.empty() : Optional.of(names);
  }
}
