package org.kt4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.comparison.figures.FigureOptions;
import org.kt4j.comparison.figures.KernelDistance;
import org.kt4j.comparison.figures.NeuronFindings;
import org.kt4j.comparison.figures.Subject;
import org.kt4j.config.NearestName;
import org.kt4j.data.Split;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.text.NumberFormats;
import org.kt4j.engine.text.Table;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code kt visualize}. */
@Command(
    name = "visualize",
    sortOptions = false,
    description = {
      "Draw the neurons of a student beside those of its teacher.",
      "",
      "The page shows heat maps of single neurons, t-SNE of all neurons, and the MMD between their"
          + " distributions, each before and after transfer, as in Huang and Wang (2017)."
    })
final class VisualizeCommand implements Callable<Integer> {

  private static final String INITIAL = "initial";

  private final Terminal terminal;
  private final Installed installed;

  @Parameters(index = "0", paramLabel = "RUN", description = "The folder of a run with a teacher.")
  private @Nullable Path run;

  @Option(
      names = "--before",
      paramLabel = "RUN|initial",
      description =
          "The student before transfer: a run, or initial for the initial values of the weights. By"
              + " default the run's baseline if it was trained, else initial.")
  private @Nullable String before;

  @Option(
      names = "--teacher",
      paramLabel = "NAME",
      description = "The teacher to compare with, if there are several; the first by default.")
  private @Nullable String teacher;

  @Option(
      names = "--layer",
      paramLabel = "TEACHERTAP=STUDENTTAP",
      description = "The layers to compare; by default the last ones of equal height and width.")
  private @Nullable String layer;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "The part of the data: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} by default.")
  private Split split = Split.TEST;

  @Option(
      names = "--checkpoint",
      paramLabel = "WHICH",
      description =
          "The students' checkpoint: best (on the held-out pictures) or last; best by default.")
  private Checkpoints.Which which = Checkpoints.Which.BEST;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      description = "The number of pictures that are run; ${DEFAULT-VALUE} by default.")
  private int pictures = 500;

  @Option(
      names = "--neurons",
      paramLabel = "N",
      description = "The number of teacher neurons with heat maps; ${DEFAULT-VALUE} by default.")
  private int neurons = 6;

  @Option(
      names = "--top",
      paramLabel = "N",
      description =
          "The number of pictures for each of these neurons; ${DEFAULT-VALUE} by default.")
  private int top = 5;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "The seed of the initial positions of t-SNE; ${DEFAULT-VALUE} by default.")
  private long seed = 1;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "The folder for the figures; by default the folder figures of the run.")
  private @Nullable Path out;

  @Option(
      names = "--runs",
      paramLabel = "FOLDER",
      description =
          "The folder of the runs that are named by a configuration; ${DEFAULT-VALUE} by default.")
  private Path runs = RunPlan.RUNS;

  VisualizeCommand(Terminal terminal, Installed installed) {
    this.terminal = terminal;
    this.installed = installed;
  }

  @Override
  public Integer call() {
    Path folder = Objects.requireNonNull(run, "picocli sees to it");
    FigureOptions options = options();
    if (out != null) {
      OutputPlace.folder("--out", out);
    }
    ExperimentConfig config = config(folder);
    if (config.allTeachers().isEmpty()) {
      throw new BadInputException(
          RunFolder.config(folder)
              + ": names no teacher, and the figures hold a student against its teacher; fix: name"
              + " a run whose configuration has one");
    }
    try (ObservableNetworks networks = installed.tasks().of(config).observe(config, runs)) {
      Subject subject =
          new Subject(
              teacher(networks.teachers()),
              before(folder, config, networks),
              networks.student(new TrainedRun(folder, config, which)),
              networks.pictures(split));
      NeuronFindings findings = examined(subject, options);
      Path figures = out == null ? RunFolder.figures(folder) : out;
      findings.write(figures);
      print(subject, findings, figures);
    }
    return 0;
  }

  private FigureOptions options() {
    try {
      return new FigureOptions(layer, pictures, neurons, top, seed);
    } catch (InvalidOptionException e) {
      throw new BadInputException("--" + e.getMessage());
    }
  }

  private ExperimentConfig config(Path folder) {
    return installed.configOf(folder, "the folder of a run");
  }

  private Teacher teacher(Map<String, Teacher> byName) {
    String named = teacher == null ? byName.keySet().iterator().next() : teacher;
    Teacher found = byName.get(named);
    if (found == null) {
      throw new BadInputException(
          "--teacher: " + NearestName.unknown("teacher", named, byName.keySet()));
    }
    return found;
  }

  private Teacher before(Path folder, ExperimentConfig config, ObservableNetworks networks) {
    Optional<Path> other =
        before == null
            ? baseline(folder, config)
            : before.equals(INITIAL)
                ? Optional.empty()
                : Optional.of(new PathArgument().convert(before));
    return other
        .map(run -> networks.student(new TrainedRun(run, config(run), which)))
        .orElseGet(networks::untrained);
  }

  /** The run of the baseline, where there is one. */
  private Optional<Path> baseline(Path folder, ExperimentConfig config) {
    BaselineConfig named = config.baseline();
    if (named == null || !Files.exists(named.source().config())) {
      return Optional.empty();
    }
    return installed
        .trainer()
        .baseline(new RunPlan(config, folder, runs))
        .map(RunPlan::folder)
        .filter(each -> RunFolder.result(each).isPresent());
  }

  private NeuronFindings examined(Subject subject, FigureOptions options) {
    int count = Math.min(pictures, subject.pictures().size());
    try (ProgressLine line = new ProgressLine(terminal, "looking", count)) {
      return installed.figures().examine(subject, options, done -> line.at(done, "pictures"));
    }
  }

  private void print(Subject subject, NeuronFindings findings, Path folder) {
    terminal.line("teacher         " + subject.teacher().source());
    terminal.line("student before  " + subject.before().source());
    terminal.line("student after   " + subject.after().source());
    terminal.line("checkpoints     " + which.name().toLowerCase(Locale.ROOT));
    terminal.line(
        "layers          " + findings.teacherLayer() + " beside " + findings.studentLayer());
    terminal.line(
        "pictures        "
            + NumberFormats.count(findings.pictures())
            + " of "
            + subject.pictures().name());
    terminal.line("");
    table(findings).aligned().forEach(terminal::line);
    terminal.line("");
    terminal.line("figures: " + folder.resolve("figures.html"));
  }

  private static Table table(NeuronFindings findings) {
    List<List<String>> rows = new ArrayList<>();
    for (KernelDistance mmd : findings.mmd()) {
      rows.add(row("MMD^2, " + mmd.kernel() + " kernel", mmd.before(), mmd.after()));
    }
    rows.add(
        row(
            "distance to the nearest neuron, mean",
            findings.nearestBefore(),
            findings.nearestAfter()));
    return new Table(List.of("", "before", "after", "change"), rows);
  }

  private static List<String> row(String what, double before, double after) {
    return List.of(
        what,
        NumberFormats.loss(before),
        NumberFormats.loss(after),
        before == 0 ? "-" : String.format(Locale.ROOT, "%+.1f %%", 100 * (after / before - 1)));
  }
}
