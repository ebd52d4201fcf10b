package org.kt4j.engine.prune;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.PruneConfig;
import org.kt4j.engine.experiment.PrunedFolder;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.StudentConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.registry.FilterCriteria;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.SourceResolver;
import org.kt4j.engine.source.SourceRun;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.weights.FileWeights;

/** Makes the students of configurations that prune, and the folders of {@code kt prune}. */
@Singleton
public final class PrunedStudents {

  private static final Set<String> FILES =
      Set.of(PrunedFolder.STUDENT, PrunedFolder.WEIGHTS, PrunedFolder.FACTS);

  private final Tasks tasks;
  private final ExperimentReader reader;
  private final FilterCriteria criteria;

  /** Prunes students of these tasks by these criteria. */
  @Inject
  public PrunedStudents(Tasks tasks, ExperimentReader reader, FilterCriteria criteria) {
    this.tasks = tasks;
    this.reader = reader;
    this.criteria = criteria;
  }

  /** Trains between two rounds. */
  @FunctionalInterface
  public interface Training {

    /** Trains a run, unless it is complete. */
    void train(RunPlan plan);
  }

  /**
   * What was pruned and what came of it.
   *
   * @param student that is left
   * @param pruned layers, weights and costs
   * @param before measured on the whole; null unless asked for
   * @param after the same of what is left
   */
  public record Outcome(
      StudentConfig student,
      StudentPruning.Pruned pruned,
      @Nullable Measured before,
      @Nullable Measured after) {}

  /**
   * What a network reaches and takes.
   *
   * @param heldOut its score on the held-out pictures
   * @param test its score on the test pictures
   * @param speed of its export on this machine
   */
  public record Measured(double heldOut, double test, AnsweringModel.Speed speed) {

    /** The better of two times. */
    private Measured orFaster(
        PrunableNetwork network, Map<String, Integer> widths, Weights weights) {
      AnsweringModel.Speed again = network.speed(widths, weights);
      return new Measured(
          heldOut,
          test,
          new AnsweringModel.Speed(
              Math.min(speed.milliseconds(), again.milliseconds()),
              Math.max(speed.picturesPerSecond(), again.picturesPerSecond()),
              speed.batch()));
    }
  }

  /**
   * Checks the pruning of a configuration, which may have none, without pruning.
   *
   * @param runs the folder of the runs that are named by a configuration
   * @throws ConfigurationException when it does not suit the network
   */
  public ExperimentConfig checked(ExperimentConfig config, Path runs) {
    PruneConfig how = config.student().prune();
    if (how == null) {
      return config;
    }
    try (PrunableNetwork network = prunable(config, source(config, how, runs))) {
      pruning().check(network, how.keys());
    }
    return config.with(
        config.student().pruned(config.student().widths()), config.start(), config.phases());
  }

  /**
   * The same experiment with the pruned student, which is made unless it was made before.
   *
   * @param runs the folder of the runs that are named by a configuration
   * @param progress receives what is being done
   * @param training between two rounds
   * @throws ConfigurationException when the pruning does not suit the network
   */
  public ExperimentConfig resolved(
      ExperimentConfig config, Path runs, Consumer<String> progress, Training training) {
    PruneConfig how = config.student().prune();
    if (how == null) {
      return config;
    }
    trainTeacher(config, how, runs, training);
    PruneSource source = source(config, how, runs);
    String mark =
        RunPlan.mark(
            String.join(
                "\n",
                reader.write(config.student()),
                config.data().toString(),
                String.valueOf(config.normalization()),
                Long.toString(config.seed()),
                new Fingerprint().add(source.weights().get()).hex(),
                how.keys().rounds() == 1 ? "" : reader.write(config)));
    Path all = runs.resolve("pruned");
    String name = config.student().network() + "-" + how.criterion() + "-" + mark;
    ExperimentConfig now = config;
    Map<String, Integer> whole = how.keys().rounds() == 1 ? null : widths(config, source);
    for (int round = 1; round <= how.keys().rounds(); round++) {
      boolean last = round == how.keys().rounds();
      Path folder = all.resolve(last ? name : name + "-round-" + round);
      if (!PrunedFolder.isIn(folder)) {
        PruneConfig part = new PruneConfig(how.criterion(), how.options(), after(how, round));
        progress.accept(
            "pruning "
                + source.described()
                + " by "
                + how.criterion()
                + (how.keys().rounds() == 1
                    ? ""
                    : ", round " + round + " of " + how.keys().rounds()));
        write(config, part, source, whole, folder, true, false, progress);
      }
      now = begun(config, folder, how.keys().fresh());
      if (!last) {
        ExperimentConfig between =
            now.with(now.student().withoutMask(), now.start(), between(config, how));
        Path run = all.resolve(name + "-round-" + round + "-trained");
        training.train(new RunPlan(between, run, runs));
        source = ofRun(new SourceRun(between, run, null), null);
      }
    }
    return now;
  }

  /** A teacher that is named by its configuration is trained before it is pruned. */
  private void trainTeacher(
      ExperimentConfig config, PruneConfig how, Path runs, Training training) {
    TeacherConfig teacher = config.teacher();
    if (how.keys().from().equals(PruneConfig.TEACHER)
        && teacher != null
        && teacher.source() instanceof RunSource.OfConfiguration named) {
      SourceRun run = new SourceResolver(runs, reader).run(PruneConfig.TEACHER, named);
      training.train(new RunPlan(run.config(), run.folder(), runs));
    }
  }

  private static List<PhaseConfig> between(ExperimentConfig config, PruneConfig how) {
    PhaseConfig last = config.phases().get(config.phases().size() - 1);
    return List.of(last.withEpochs(how.keys().epochs()));
  }

  /**
   * What is left after a round. Shares are of the whole network, so that rounding to multiples does
   * not add up; a budget is a share of what a round is given.
   */
  private static PruneConfig.Keys after(PruneConfig how, int round) {
    PruneConfig.Keys keys = how.keys();
    double done = (double) round / keys.rounds();
    double part = 1.0 / keys.rounds();
    Map<String, Double> shares = new HashMap<>();
    if (!keys.hasBudget()) {
      keys.shares().forEach((name, keep) -> shares.put(name, Math.pow(keep, done)));
    }
    Double flops = keys.flops();
    Double latency = keys.latency();
    return keys.leaving(
        new PruneConfig.Keep(shares),
        flops == null ? null : Math.pow(flops, part),
        latency == null ? null : Math.pow(latency, part));
  }

  /** The experiment with the student of a folder and its weights. */
  private ExperimentConfig begun(ExperimentConfig config, Path folder, boolean fresh) {
    return config.with(
        reader.student(folder.resolve(PrunedFolder.STUDENT)).trainedAs(config.student()),
        fresh
            ? null
            : new StartConfig(new WeightSource.OfWeights(folder.resolve(PrunedFolder.WEIGHTS))),
        config.phases());
  }

  /**
   * Prunes the network of a configuration into a folder, whole or not at all.
   *
   * @param config the experiment, whose data it is looked at with
   * @param how it is pruned
   * @param folder to write
   * @param overwrite whether an earlier one is replaced
   * @param runs the folder of the runs that are named by a configuration
   * @param progress receives what is being done
   * @throws ConfigurationException when the pruning does not suit the network
   * @throws org.kt4j.engine.export.ExportException when the folder cannot be written
   */
  public Outcome prune(
      ExperimentConfig config,
      PruneConfig how,
      Path folder,
      boolean overwrite,
      Path runs,
      Consumer<String> progress) {
    if (how.keys().rounds() > 1) {
      throw ConfigurationException.of(
          "rounds: "
              + how.keys().rounds()
              + ": training between rounds is part of a run; allowed here: 1; fix: kt train with"
              + " student: {prune: {rounds: ...}}");
    }
    PruneSource source = source(config, how, runs);
    return write(config, how, source, null, folder, overwrite, true, progress);
  }

  private Map<String, Integer> widths(ExperimentConfig config, PruneSource source) {
    try (PrunableNetwork network = prunable(config, source)) {
      return network.widths();
    }
  }

  /**
   * Prunes once.
   *
   * @param whole the widths that shares are of; null where they are those of the source
   */
  private Outcome write(
      ExperimentConfig config,
      PruneConfig how,
      PruneSource source,
      @Nullable Map<String, Integer> whole,
      Path folder,
      boolean overwrite,
      boolean measured,
      Consumer<String> progress) {
    ExportFolder target = new ExportFolder(folder, FILES, overwrite);
    try (PrunableNetwork network = prunable(config, source)) {
      StudentPruning.Pruned pruned =
          pruning()
              .prune(
                  network,
                  criteria.create(how.criterion(), how.options()),
                  how,
                  whole == null ? network.widths() : whole,
                  config.seed(),
                  progress);
      NetworkConfig left = network.with(pruned.widths());
      Measured before = null;
      Measured after = null;
      if (measured) {
        progress.accept("scores and times of the whole and of what is left");
        before = measured(network, network.widths(), network.weights());
        after = measured(network, pruned.widths(), pruned.weights());
        // Each twice in turns: what else the machine does should not decide between them.
        before = before.orFaster(network, network.widths(), network.weights());
        after = after.orFaster(network, pruned.widths(), pruned.weights());
      }
      Outcome outcome =
          new Outcome(
              new StudentConfig(
                  left.network(), left.options(), left.widths(), null, null, null, null),
              pruned,
              before,
              after);
      target.write(beside -> written(source, how, config, outcome, beside));
      return outcome;
    }
  }

  private Outcome written(
      PruneSource source, PruneConfig how, ExperimentConfig config, Outcome outcome, Path beside)
      throws IOException {
    Files.writeString(
        beside.resolve(PrunedFolder.STUDENT),
        reader.write(outcome.student()),
        StandardCharsets.UTF_8);
    NpzFile.write(outcome.pruned().weights(), beside.resolve(PrunedFolder.WEIGHTS));
    Files.writeString(
        beside.resolve(PrunedFolder.FACTS),
        Json.indented(
            new Facts(
                source.described(),
                how.criterion(),
                how.keys(),
                config.seed(),
                outcome.pruned().before(),
                outcome.pruned().after(),
                outcome.before(),
                outcome.after(),
                outcome.pruned().layers())),
        StandardCharsets.UTF_8);
    return outcome;
  }

  /** What {@code pruning.json} holds. */
  record Facts(
      String from,
      String criterion,
      PruneConfig.Keys keys,
      long seed,
      StudentPruning.Cost costBefore,
      StudentPruning.Cost costAfter,
      @Nullable Measured before,
      @Nullable Measured after,
      List<StudentPruning.Layer> layers) {}

  private static Measured measured(
      PrunableNetwork network, Map<String, Integer> widths, Weights weights) {
    return new Measured(
        network.score(widths, weights, Split.HELD_OUT),
        network.score(widths, weights, Split.TEST),
        network.speed(widths, weights));
  }

  private PrunableNetwork prunable(ExperimentConfig config, PruneSource source) {
    return tasks.of(config).prunable(config, source);
  }

  private static StudentPruning pruning() {
    return ServiceLoader.load(StudentPruning.class)
        .findFirst()
        .orElseThrow(
            () ->
                ConfigurationException.of(
                    "student.prune: nothing on the class path prunes; fix: add the artifact"
                        + " org.kt4j:kt-pruning"));
  }

  private PruneSource source(ExperimentConfig config, PruneConfig how, Path runs) {
    SourceResolver sources = new SourceResolver(runs, reader);
    String from = how.keys().from();
    if (!from.equals(PruneConfig.TEACHER)) {
      return ofRun(sources.run("student.prune", new RunSource.OfRun(Path.of(from))), null);
    }
    TeacherConfig teacher = config.teacher();
    if (teacher != null && teacher.source() instanceof TeacherSource.OfWeights file) {
      FileWeights weights = FileWeights.of(PruneConfig.TEACHER, file.file());
      return new PruneSource(
          file.described(path -> path) + weights.said(),
          file.network(),
          teacher.normalization(),
          weights);
    }
    if (teacher != null && teacher.source() instanceof RunSource run) {
      return ofRun(sources.run(PruneConfig.TEACHER, run), teacher.normalization());
    }
    throw ConfigurationException.of(
        "student.prune.from: teacher: the teacher is no network of weights or of a run, which can be"
            + " pruned; fix: name the folder of a run");
  }

  private static PruneSource ofRun(SourceRun run, @Nullable Normalization own) {
    StudentConfig student = run.config().student();
    if (student.quantization() != null || student.binary() != null) {
      boolean rounded = student.quantization() != null;
      throw ConfigurationException.of(
          "student.prune.from: "
              + run.folder()
              + (rounded ? ": its student is rounded" : ": its student computes with signs")
              + ", and only networks in floats are pruned; fix: prune the network in floats, and give"
              + " the pruned student "
              + (rounded ? "quantization" : "binary"));
    }
    return new PruneSource(
        run.described(),
        student.inFloats(),
        own == null ? run.config().normalization() : own,
        run::weights);
  }
}
