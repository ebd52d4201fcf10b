package org.kt4j.comparison.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kt4j.engine.run.Metric;
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
    group(table, Gain.Verdict.HELPS)
        .ifPresent(
            names ->
                sentences.add(
                    "The 95 % interval of the gain lies above zero, so these methods help: "
                        + names
                        + "."));
    group(table, Gain.Verdict.HURTS)
        .ifPresent(
            names ->
                sentences.add(
                    "The 95 % interval of the gain lies below zero, so these methods hurt: "
                        + names
                        + "."));
    undecided(table).ifPresent(sentences::add);
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
    Metric metric = table.metric();
    Gain gain = table.gain(best).orElseThrow();
    StringBuilder sentence = new StringBuilder();
    sentence.append(
        String.format(
            Locale.ROOT,
            "Of the methods, %s does best: its test %s is %s, a gain of %s%s over the %s",
            best.name(),
            metric.name(),
            best.spread(RunResult::testLast).orElseThrow().text(metric)
                + (metric.share() ? " %" : ""),
            gain.text(metric),
            Explanations.points(metric),
            table.baseline().name()));
    sentence.append(gain.hasInterval() ? " (95 % interval " + gain.interval(metric) + ")" : "");
    table
        .teacherScore()
        .ifPresent(
            teacher -> {
              double alone = table.baseline().spread(RunResult::testLast).orElseThrow().mean();
              double way = metric.gain(teacher, alone);
              if (way > 0 && gain.mean() > 0) {
                sentence.append(
                    String.format(
                        Locale.ROOT,
                        ", which is %.0f %% of the way to the teacher",
                        100 * gain.mean() / way));
              }
            });
    return sentence.append('.').toString();
  }

  private static Optional<String> undecided(MethodTable table) {
    List<Gain> gains = table.methods().stream().map(table::gain).flatMap(Optional::stream).toList();
    if (gains.isEmpty()) {
      return Optional.empty();
    }
    if (gains.stream().noneMatch(Gain::hasInterval)) {
      return Optional.of("With one seed no gain has an interval, so all methods are undecided.");
    }
    if (gains.stream().allMatch(gain -> gain.verdict() == Gain.Verdict.UNCLEAR)) {
      return Optional.of(
          "The 95 % interval of each gain contains zero, so all methods are undecided.");
    }
    return group(table, Gain.Verdict.UNCLEAR)
        .map(
            names ->
                "The 95 % interval of the gain contains zero, or there is only one seed, so these"
                    + " methods are undecided: "
                    + names
                    + ".");
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
