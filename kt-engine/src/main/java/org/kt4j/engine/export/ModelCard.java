package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.run.Environment;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;

/**
 * What an exported student is, for people, in Markdown: the run's facts, and what its exporter
 * adds. But for what was measured, under {@value #FORMATS}, two exports of one run are the same
 * bytes.
 */
public final class ModelCard {

  /** Its name in the folder of an export. */
  public static final String FILE = "model-card.md";

  /** The heading of the table with the run's exports, their speed among what it tells. */
  static final String FORMATS = "## Formats";

  private static final String FORM = "format";

  private final Path run;
  private final Checkpoints.Which which;
  private final ExperimentConfig config;
  private final String yaml;
  private final List<String> facts = new ArrayList<>();
  private final List<String> checks = new ArrayList<>();
  private final List<String> sizes = new ArrayList<>();
  private final List<String> formats = new ArrayList<>();
  private final List<String> uses = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  /**
   * A card that knows the run alone.
   *
   * @param run its folder
   * @param which of its checkpoints
   * @param config of the run
   * @param yaml the same, written out
   */
  public ModelCard(Path run, Checkpoints.Which which, ExperimentConfig config, String yaml) {
    this.run = run;
    this.which = which;
    this.config = config;
    this.yaml = yaml;
  }

  /**
   * What a file that holds properties says of where it came from.
   *
   * @param run its folder
   * @param which of its checkpoints
   * @param yaml the configuration, written out
   */
  public static Map<String, String> properties(Path run, Checkpoints.Which which, String yaml) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("run", run.toString());
    properties.put("checkpoint", which.name().toLowerCase(Locale.ROOT));
    properties.put("configuration", yaml);
    properties.put("exported with", versions(ThisProcess.environment()));
    return properties;
  }

  /** Adds a row on what the model is. */
  public ModelCard fact(String name, Object value) {
    facts.add(row(name, value));
    return this;
  }

  /** Adds how it was held against the run, as a sentence. */
  public ModelCard check(String sentence) {
    checks.add(sentence);
    return this;
  }

  /** Adds the sizes of a folder's files. */
  public ModelCard files(Map<String, Long> files) {
    files.forEach(
        (name, size) -> sizes.add(row("`" + name + "`", NumberFormats.count(size) + " bytes")));
    return this;
  }

  /** Says in which format it is. */
  public ModelCard form(ExportOptions options) {
    return fact(FORM, options.form());
  }

  /**
   * The format of an export by its card; without one, that of its files.
   *
   * @throws ModelException when the folder holds no model
   */
  public static String form(Path export) {
    String start = "| " + FORM + " | ";
    return text(export)
        .flatMap(card -> card.lines().filter(line -> line.startsWith(start)).findFirst())
        .map(line -> line.substring(start.length(), line.length() - " |".length()))
        .orElseGet(() -> ExportFormats.in(export).name());
  }

  /**
   * Refuses an export that is not of a run.
   *
   * @param yaml the run's configuration, written out
   * @throws ModelException when its card has another configuration, or there is none
   */
  public static void requireOf(Path export, Path run, String yaml) {
    String card =
        text(export)
            .orElseThrow(
                () ->
                    new ModelException(
                        export,
                        "has no "
                            + FILE
                            + ", so that it cannot be told whether it is an export of "
                            + run
                            + "; fix: export the run anew, with --overwrite"));
    if (!card.contains(configuration(yaml))) {
      throw new ModelException(
          export,
          "is no export of "
              + run
              + ": the configuration in its "
              + FILE
              + " is another one; fix: export the run anew, with --overwrite");
    }
  }

  private static Optional<String> text(Path export) {
    Path file = export.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new ModelException(
          file,
          "cannot be read (" + ReadFault.reason(e) + "); fix: copy the whole folder of the export",
          e);
    }
  }

  private static String configuration(String yaml) {
    return "```yaml\n" + yaml.strip() + "\n```";
  }

  /**
   * Adds the exports of the run beside each other.
   *
   * @param table of what was measured
   * @param pictures that they answered
   * @param notes on what was left out
   */
  public ModelCard formats(Table table, String pictures, List<String> notes) {
    formats.addAll(List.of(FORMATS, ""));
    formats.addAll(table.markdown());
    formats.add("");
    formats.add(
        String.format(
            Locale.ROOT,
            "On %s. Speed was measured on %s, on %s, %d cores; images/s in batches.",
            pictures,
            LocalDate.now(ZoneOffset.UTC),
            Processor.current().name(),
            Runtime.getRuntime().availableProcessors()));
    notes.forEach(note -> formats.add("Left out: " + note + "."));
    formats.add("");
    return this;
  }

  /** Adds lines on how to use it. */
  public ModelCard use(String... more) {
    uses.addAll(List.of(more));
    return this;
  }

  /** The whole card. */
  public String text() {
    lines.clear();
    add("# " + config.student().network() + ", trained on " + config.data().name(), "");
    add(
        "Exported by kt4j from the run `%s`, its %s checkpoint."
            .formatted(run, which.name().toLowerCase(Locale.ROOT)),
        "");
    add("## Model", "", "| | |", "|---|---|");
    made();
    lines.addAll(facts);
    add("");
    accuracy();
    add("## Size", "", "| | |", "|---|---:|");
    lines.addAll(sizes);
    add("");
    lines.addAll(formats);
    training();
    add("## Use", "");
    lines.addAll(uses);
    return String.join("\n", lines) + "\n";
  }

  private void add(String... some) {
    lines.addAll(List.of(some));
  }

  private static String row(String name, Object value) {
    return "| " + name + " | " + value + " |";
  }

  /** How the student was made small, and what it began with. */
  private void made() {
    List<String> made = config.student().made();
    StartConfig start = config.start();
    if (!made.isEmpty()) {
      add(row("made small", String.join(", ", made)));
    }
    if (start != null) {
      add(row("began with", "weights " + start.source().described(path -> "`" + path + "`")));
    }
  }

  private void accuracy() {
    Optional<RunResult> result = RunFolder.result(run);
    if (result.isPresent()) {
      RunResult reached = result.get();
      Metric metric = reached.metric();
      add("## " + metric.atStart(), "");
      add("| | last epoch, " + reached.epochs() + " | best epoch, " + reached.bestEpoch() + " |");
      add("|---|---:|---:|");
      add(percents(metric, "test", reached.testLast(), reached.testBest()));
      add(percents(metric, "held-out", reached.heldOutLast(), reached.heldOutBest()));
      Double teacher = reached.teacherTest();
      Double agreement = reached.agreementLast();
      if (teacher != null) {
        add("| teacher, test | %s | |".formatted(metric.text(teacher)));
      }
      if (agreement != null) {
        add("| agreement with the teacher, test | %s | |".formatted(percent(agreement)));
      }
    } else {
      add("## Results", "", "The run is not complete: there is no score on test pictures.");
    }
    add("");
    lines.addAll(checks);
    add("");
  }

  private static String percents(Metric metric, String name, double last, double best) {
    return "| " + name + " | " + metric.text(last) + " | " + metric.text(best) + " |";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private void training() {
    add("## Training", "", "| | |", "|---|---|");
    add(row("data", config.data().name()));
    add(
        row(
            "teacher",
            config.allTeachers().isEmpty()
                ? "none"
                : config.allTeachers().stream()
                    .map(teacher -> teacher.described(path -> "`" + path + "`"))
                    .collect(Collectors.joining("; "))));
    for (PhaseConfig phase : config.phases()) {
      add(
          row(
              "objective, `" + phase.name() + "`, " + phase.epochs() + " epochs",
              phase.objective().stream()
                  .map(ModelCard::described)
                  .collect(Collectors.joining(" + "))));
    }
    add(row("seed", config.seed()));
    RunFolder.environment(run)
        .ifPresent(
            environment ->
                add(
                    row(
                        "trained with",
                        versions(environment)
                            + ", "
                            + environment.started().replaceFirst("T.*", ""))));
    add(row("exported with", versions(ThisProcess.environment())));
    add("", "The whole configuration:", "", configuration(yaml), "");
  }

  private static String described(TermConfig term) {
    return term.weight().described() + " x " + term.described();
  }

  private static String versions(Environment environment) {
    String kt4j = environment.kt4j();
    return (kt4j == null ? "" : "kt4j " + kt4j + ", ")
        + "TensorFlow "
        + environment.tensorflow()
        + ", Java "
        + environment.java()
        + ", "
        + environment.system();
  }
}
