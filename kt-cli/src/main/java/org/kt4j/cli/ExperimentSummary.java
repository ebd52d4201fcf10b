package org.kt4j.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.config.OptionsListing;
import org.kt4j.config.SealedBinding;
import org.kt4j.engine.experiment.CacheConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.StudentConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.run.TaskFacts;

/** A configuration with its defaults in a few lines; the whole of it is in the run folder. */
final class ExperimentSummary {

  private ExperimentSummary() {}

  static List<String> lines(ExperimentConfig config) {
    List<String> lines = new ArrayList<>();
    lines.add("data       " + config.data().name() + values(config.data().options()));
    config.allTeachers().forEach(teacher -> lines.add("teacher    " + teacher(teacher)));
    lines.add("student    " + student(config.student()));
    StartConfig start = config.start();
    if (start != null) {
      lines.add("start      " + start.source().described(UnaryOperator.identity()));
    }
    for (PhaseConfig phase : config.phases()) {
      String epochs = phase.epochs() == 1 ? "1 epoch" : phase.epochs() + " epochs";
      lines.add("phase      " + phase.name() + ", " + epochs + ": " + objective(phase));
    }
    lines.add("optimizer  " + named(config.optimizer()));
    lines.add("schedule   " + named(config.schedule()));
    lines.add("augment    " + flat(config.augmentation()));
    CacheConfig cache = config.cache();
    if (cache != null) {
      lines.add("cache      " + flat(cache));
    }
    lines.add("batch      " + config.batchSize() + ", seed " + config.seed());
    return lines;
  }

  /** What a student learns beside labels, by name: {@code nst + kd}; empty when it is alone. */
  static String transfer(ExperimentConfig config, TaskFacts task) {
    List<String> terms =
        config.phases().stream()
            .flatMap(phase -> phase.objective().stream())
            .map(TermConfig::term)
            .toList();
    return String.join(" + ", task.transferTerms(terms));
  }

  private static String student(StudentConfig student) {
    return String.join(
        ", ",
        Stream.concat(
                Stream.of(student.network() + values(student.options())), student.made().stream())
            .toList());
  }

  private static String teacher(TeacherConfig teacher) {
    String options =
        teacher.source() instanceof TeacherSource.OfWeights named
            ? values(named.network().options())
            : "";
    return teacher.described(UnaryOperator.identity()) + options;
  }

  private static String objective(PhaseConfig phase) {
    return phase.objective().stream()
        .map(
            term ->
                weight(term.weight())
                    + term.described()
                    + (term.keys().teacher() == null ? "" : " from " + term.keys().teacher()))
        .collect(Collectors.joining(" + "));
  }

  private static String weight(TermWeight weight) {
    return weight.equals(TermWeight.of(1)) ? "" : weight.described() + " x ";
  }

  private static String values(Record options) {
    String all = flat(options, line -> !line.key().endsWith(".widths")); // one for each layer
    return all.isEmpty() ? "" : " (" + all + ")";
  }

  private static String named(Object choice) {
    return SealedBinding.name(choice) + ", " + flat((Record) choice);
  }

  private static String flat(Record options) {
    return flat(options, line -> true);
  }

  private static String flat(Record options, Predicate<OptionsListing.Line> told) {
    return OptionsListing.of(options).stream()
        .filter(told)
        .map(line -> line.key() + " " + line.defaultValue())
        .collect(Collectors.joining(", "));
  }
}
