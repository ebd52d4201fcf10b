package org.kt4j.engine.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kt4j.engine.BuildFacts;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.training.Environment;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.RunResult;

/** What an exported student is, for people, in Markdown. */
final class ModelCard {

  private final StudentExport.Source source;
  private final ExperimentConfig config;
  private final String yaml;
  private final ClassifierExport export;
  private final StudentExport.Outcome outcome;
  private final List<String> lines = new ArrayList<>();

  ModelCard(
      StudentExport.Source source,
      ExperimentConfig config,
      String yaml,
      ClassifierExport export,
      StudentExport.Outcome outcome) {
    this.source = source;
    this.config = config;
    this.yaml = yaml;
    this.export = export;
    this.outcome = outcome;
  }

  String text() {
    String network = config.student().network();
    add("# " + network + ", trained on " + config.data().name(), "");
    add(
        "Exported by kt4j from the run `%s`, its %s checkpoint."
            .formatted(source.run(), source.which().name().toLowerCase(Locale.ROOT)),
        "");
    model();
    accuracy();
    cost();
    training();
    use();
    return String.join("\n", lines) + "\n";
  }

  private void add(String... some) {
    lines.addAll(List.of(some));
  }

  private void row(String name, Object value) {
    add("| " + name + " | " + value + " |");
  }

  private void model() {
    ClassifierExport.Facts facts = outcome.facts();
    ExportOptions options = export.options();
    ImageShape shape = export.classifier().shape();
    boolean bytes = options.input() == ExportOptions.Input.UINT8;
    add("## Model", "", "| | |", "|---|---|");
    row(
        "input",
        "`%s`, %s `[B, h, w, %d]`, %s; any size, resized to %dx%d"
            .formatted(
                ClassifierExport.IMAGES,
                bytes ? "uint8" : "float32",
                shape.channels(),
                bytes ? "0 to 255" : "0 to 1",
                shape.height(),
                shape.width()));
    row(
        "outputs",
        Stream.concat(Stream.of("logits", ClassifierExport.PROBABILITIES), options.taps().stream())
            .map(name -> "`" + name + "`")
            .collect(Collectors.joining(", ")));
    row("classes", export.classifier().classes().size() + ", in `synset.txt`");
    row("parameters", number(facts.parameters()));
    row(
        "FLOPs of a picture",
        number(facts.flops())
            + "; convolutions and dense layers, a multiplication and an addition count as two");
    row(
        "batch normalisation",
        "%d of %d multiplied into convolutions".formatted(facts.folded(), facts.normalisations()));
    row(
        "weights",
        options.precision() == Precision.SINGLE
            ? "single precision"
            : "stored in half precision, %s bytes instead of %s; computed in single precision"
                .formatted(number(facts.bytes()), number(facts.singleBytes())));
    add("");
  }

  private void accuracy() {
    ExportCheck check = outcome.check();
    add("## Accuracy", "");
    Optional<RunResult> result = RunFolder.result(source.run());
    if (result.isPresent()) {
      RunResult run = result.get();
      add("| | last epoch, %d | best epoch, %d |".formatted(run.epochs(), run.bestEpoch()));
      add("|---|---:|---:|");
      add(percents("test", run.testAccuracyLast(), run.testAccuracyBest()));
      add(percents("held-out", run.heldOutAccuracyLast(), run.heldOutAccuracyBest()));
      Double teacher = run.teacherTestAccuracy();
      Double agreement = run.agreementLast();
      if (teacher != null) {
        add("| teacher, test | %s | |".formatted(percent(teacher)));
      }
      if (agreement != null) {
        add("| agreement with the teacher, test | %s | |".formatted(percent(agreement)));
      }
    } else {
      add("The run is not complete: there is no accuracy on test pictures.");
    }
    add("", "Checked after it was written, against the run: " + check + ".");
    String unchecked = outcome.unchecked();
    if (unchecked != null) {
      add("Not checked: " + unchecked.strip() + ".");
    }
    add("");
  }

  /** Grouped by commas wherever it is written, as the other numbers are. */
  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  private static String percents(String name, double last, double best) {
    return "| " + name + " | " + percent(last) + " | " + percent(best) + " |";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f %%", 100 * share);
  }

  private void cost() {
    Latency latency = outcome.latency();
    Environment here = Environment.here();
    add("## Size and speed", "", "| | |", "|---|---:|");
    outcome.files().forEach((name, size) -> row("`" + name + "`", number(size) + " bytes"));
    row("one picture", String.format(Locale.ROOT, "%.2f ms", latency.one()));
    row(
        Latency.BATCH + " pictures",
        String.format(
            Locale.ROOT, "%.2f ms, %.0f pictures/s", latency.many(), latency.throughput()));
    add(
        "",
        "Times are medians, bytes to logits in TensorFlow's session, on %s with %d cores, oneDNN %s."
            .formatted(here.system(), here.cores(), here.oneDnn() ? "on" : "off"),
        "");
  }

  private void training() {
    add("## Training", "", "| | |", "|---|---|");
    row("data", config.data().name());
    row(
        "teacher",
        config.allTeachers().isEmpty()
            ? "none"
            : config.allTeachers().stream()
                .map(ModelCard::described)
                .collect(Collectors.joining("; ")));
    for (PhaseConfig phase : config.phases()) {
      row(
          "objective, `" + phase.name() + "`, " + phase.epochs() + " epochs",
          phase.objective().stream().map(ModelCard::described).collect(Collectors.joining(" + ")));
    }
    row("seed", config.seed());
    RunFolder.environment(source.run())
        .ifPresent(environment -> row("trained with", versions(environment)));
    row("exported with", versions(Environment.here()) + ", DJL " + new BuildFacts().djl());
    add("", "The whole configuration:", "", "```yaml", yaml.strip(), "```", "");
  }

  private static String described(TeacherConfig teacher) {
    TeacherConfig.Keys keys = teacher.keys();
    Object from =
        Stream.of(
                Optional.ofNullable(keys.run()),
                Optional.ofNullable(keys.config()),
                Optional.ofNullable(keys.weights()),
                Optional.ofNullable(keys.model()))
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow();
    return teacher.network().map(network -> network.network() + " from ").orElse("")
        + "`"
        + from
        + "`";
  }

  private static String described(TermConfig term) {
    return term.weight() + " x " + term.described();
  }

  private static String versions(Environment environment) {
    String kt4j = environment.kt4j();
    return (kt4j == null ? "" : "kt4j " + kt4j + ", ")
        + "TensorFlow "
        + environment.tensorflow()
        + ", Java "
        + environment.java()
        + "; "
        + environment.started();
  }

  private void use() {
    add(
        "## Use",
        "",
        "The folder is a model of DJL:",
        "",
        "```java",
        "Criteria<Image, Classifications> criteria =",
        "    Criteria.builder()",
        "        .setTypes(Image.class, Classifications.class)",
        "        .optModelPath(Path.of(\"this folder\"))",
        "        .build();",
        "```",
        "",
        "DJL Serving and TensorFlow Serving take it as it is; tag `serve`, signature"
            + " `serving_default`. `weights.npz` holds the weights before batch normalisation was"
            + " folded, under PyTorch's names: `teacher: {network: ..., weights: weights.npz}`, or"
            + " `numpy.load`. No model needs it.");
  }
}
