package org.kt4j.engine.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.teacher.Classifier;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TrainedClassifier;

/**
 * Trains what an {@link ExperimentConfig} describes: checks it whole, sees to the teacher, runs the
 * phases, and evaluates what came out.
 *
 * <p>A run that was interrupted goes on from its last epoch when it is started again, and ends with
 * the same numbers as one that was not. A complete run is not trained again.
 */
@Singleton
public final class Trainer {

  private final Networks networks;
  private final Datasets datasets;
  private final ExperimentReader reader;
  private final ObjectiveTerms objectives;
  private final ExperimentKind.Known known;
  private final Set<ExperimentKind> kinds;

  /** A trainer of what these registries know, and of classifiers beside these kinds. */
  @Inject
  public Trainer(
      Methods methods,
      Networks networks,
      Datasets datasets,
      ExperimentReader reader,
      Set<ExperimentKind> kinds) {
    this.networks = networks;
    this.datasets = datasets;
    this.reader = reader;
    this.objectives = new ObjectiveTerms(methods);
    this.known = new ExperimentKind.Known(methods, networks, datasets, reader);
    this.kinds = kinds;
  }

  /** What its configurations can name. */
  public ExperimentKind.Known known() {
    return known;
  }

  /** A task that is ready. */
  private record Ready(Task task, @Nullable StartingPoint start, double seconds)
      implements AutoCloseable {

    @Override
    public void close() {
      task.close();
    }
  }

  /**
   * Trains, after the baseline that the configuration names, if it names one.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when the run cannot begin or go on
   */
  public Comparison compare(RunPlan plan, TrainingListener listener) {
    BaselineConfig baseline = plan.config().baseline();
    if (baseline == null) {
      return new Comparison(train(plan, listener), Optional.empty());
    }
    // A mistake in this configuration should not wait for the baseline to be trained.
    requireSame(plan.folder(), reader.write(plan.config()));
    try (Ready ready = readyUnlessDone(plan, listener)) {
      RunPlan alone = baseline(plan, baseline);
      if (RunFolder.result(alone.folder()).isEmpty()) {
        listener.needs("baseline", baseline.source().config());
      }
      RunResult compared = train(alone, listener);
      return new Comparison(train(plan, ready, listener), Optional.of(compared));
    }
  }

  /**
   * Trains one run, or goes on with it.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when the run cannot begin or go on
   */
  public RunResult train(RunPlan plan, TrainingListener listener) {
    requireSame(plan.folder(), reader.write(plan.config()));
    // Before the folder exists: a mistake leaves nothing behind.
    try (Ready ready = readyUnlessDone(plan, listener)) {
      return train(plan, ready, listener);
    }
  }

  private @Nullable Ready readyUnlessDone(RunPlan plan, TrainingListener listener) {
    return RunFolder.result(plan.folder()).isPresent() ? null : ready(plan, listener);
  }

  private RunResult train(RunPlan plan, @Nullable Ready ready, TrainingListener listener) {
    try (RunFolder folder = RunFolder.open(plan.folder())) {
      Optional<RunResult> done = RunFolder.result(plan.folder());
      if (done.isPresent() || ready == null) {
        listener.finished(plan.folder(), done.orElseThrow(), true);
        return done.orElseThrow();
      }
      folder.config(reader.write(plan.config()));
      folder.environment(Environment.here());
      RunResult result =
          new Run(plan.config(), ready.task(), ready.start(), ready.seconds(), folder, listener)
              .toTheEnd();
      listener.finished(plan.folder(), result, false);
      return result;
    }
  }

  /**
   * The usual folder of a run: {@code runs/quickstart/nst-kd/seed-1} for {@code
   * configs/quickstart/nst-kd.yaml}, and with a mark behind it, {@code seed-1-3f2a9c01}, when
   * anything but the seed differs from the file. So a command always finds its own run again.
   *
   * @param runs where all runs go
   * @param file the configuration's file
   * @param config what was read from it, with overrides
   */
  public Path folder(Path runs, Path file, ExperimentConfig config) {
    return RunPlan.folder(runs, file, config, reader);
  }

  /**
   * The run that a configuration's result is compared with: on its data, with its seed, in the
   * usual folder, whether it was trained or not. Empty when the configuration names none.
   *
   * @throws ConfigurationException when the baseline's configuration cannot be read
   */
  public Optional<RunPlan> baseline(RunPlan plan) {
    return Optional.ofNullable(plan.config().baseline()).map(named -> baseline(plan, named));
  }

  private RunPlan baseline(RunPlan plan, BaselineConfig named) {
    TrainedRun alone = sources(plan.runs()).baseline(named, plan.config());
    return new RunPlan(alone.config(), alone.folder(), plan.runs());
  }

  private SourceResolver sources(Path runs) {
    return new SourceResolver(runs, reader);
  }

  /** Removes what an earlier run left in a folder. */
  public void discard(Path folder) {
    try (RunFolder run = RunFolder.open(folder)) {
      run.clear();
    }
  }

  /** Opens the data of an experiment. */
  public DataSplits data(ExperimentConfig config) {
    return datasets.open(config.data().name(), config.data().options());
  }

  /**
   * The student of a run.
   *
   * @param config of the run
   * @param data that it was trained on
   * @throws ConfigurationException when it is no classifier
   * @throws TrainingException when the run has finished no epoch
   */
  public TrainedClassifier trained(
      ExperimentConfig config, DataSplits data, Path run, Checkpoints.Which which) {
    return trained(config, data.shape(), data.train().classes(), run, which);
  }

  /**
   * The student of a run, without its data where the run is complete.
   *
   * @param config of the run
   * @throws ConfigurationException when it is no classifier
   * @throws TrainingException when the run has finished no epoch
   */
  public TrainedClassifier trained(ExperimentConfig config, Path run, Checkpoints.Which which) {
    Optional<RunResult> result = RunFolder.result(run);
    ImageShape shape = result.map(RunResult::pictures).orElse(null);
    return shape == null
        ? trained(config, data(config), run, which)
        : trained(config, shape, result.orElseThrow().classes(), run, which);
  }

  private TrainedClassifier trained(
      ExperimentConfig config,
      ImageShape shape,
      List<String> classes,
      Path run,
      Checkpoints.Which which) {
    if (kinds.stream().anyMatch(kind -> kind.suits(config))) {
      throw ConfigurationException.of(
          run + ": its student, " + config.student().network() + ", is no classifier");
    }
    return new TrainedClassifier(
        Teachers.network(networks, config.student(), shape, classes.size(), "student"),
        shape,
        normalization(config),
        RunFolder.weights(run, which),
        classes);
  }

  /** The student of an experiment with the values that its training begins with. */
  public Teacher untrainedStudent(ExperimentConfig config, DataSplits data) {
    return NetworkTeacher.untrained(
        Teachers.network(networks, config.student(), data, "student"),
        normalization(config),
        data.shape(),
        config.seed());
  }

  /**
   * Shows the teachers of an experiment to somebody, as classifiers: each by itself, then, where
   * there are several, all together. A teacher that is trained on demand must have been trained.
   *
   * @param visitor is given where a teacher comes from, and the teacher
   * @throws ConfigurationException when the experiment has none
   */
  public void teachers(
      ExperimentConfig config, DataSplits data, Path runs, BiConsumer<String, Classifier> visitor) {
    if (config.allTeachers().isEmpty()) {
      throw ConfigurationException.of("this configuration has no teacher");
    }
    try (Teachers teachers = openTeachers(config, data, runs);
        ClassificationTask.Answers answers =
            new ClassificationTask.Answers(data, teachers.plans())) {
      for (int t = 0; t < teachers.plans().size(); t++) {
        visitor.accept(teachers.plans().get(t).teacher().source(), answers.members().get(t));
      }
      if (teachers.plans().size() > 1) {
        visitor.accept("all teachers together", answers.together());
      }
    }
  }

  /**
   * Opens the teachers of an experiment; the caller closes them. A teacher that is trained on
   * demand must have been trained before it is mounted.
   *
   * @param runs where runs are that are named by their configuration
   * @throws ConfigurationException when one does not fit the data
   */
  public Teachers openTeachers(ExperimentConfig config, DataSplits data, Path runs) {
    return Teachers.of(config, data, sources(runs), normalization(config), networks);
  }

  /**
   * Checks what can be checked before any teacher is there.
   *
   * @throws ConfigurationException when the configuration does not hold together
   */
  public void check(RunPlan plan) {
    StartingPoint.of(plan.config(), sources(plan.runs()));
    prepare(plan).close();
  }

  /**
   * Trains what a run wants to have trained first, teachers and a starting point, and nothing else.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when one of them cannot be trained
   */
  public void trainFirst(RunPlan plan, TrainingListener listener) {
    StartingPoint start = StartingPoint.of(plan.config(), sources(plan.runs()));
    boolean wanted =
        plan.config().allTeachers().stream()
            .anyMatch(each -> each.source() instanceof RunSource.OfConfiguration);
    if (wanted) {
      try (Task task = prepare(plan)) {
        trainFirst(task.needs(), plan.runs(), listener);
      }
    }
    if (start != null) {
      trainFirst(start.needs(), plan.runs(), listener);
    }
  }

  /** Checks everything that can be checked before the first step, the teachers included. */
  private Ready ready(RunPlan plan, TrainingListener listener) {
    long began = System.nanoTime();
    StartingPoint start = StartingPoint.of(plan.config(), sources(plan.runs()));
    Task task = prepare(plan);
    try {
      long teaching = System.nanoTime();
      trainFirst(task.needs(), plan.runs(), listener);
      if (start != null) {
        trainFirst(start.needs(), plan.runs(), listener);
      }
      double secondsOfOthers = (System.nanoTime() - teaching) / 1e9;
      PeakMemory.reset();
      task.ready(listener);
      return new Ready(task, start, (System.nanoTime() - began) / 1e9 - secondsOfOthers);
    } catch (RuntimeException | Error e) {
      task.close();
      throw e;
    }
  }

  private void trainFirst(List<Task.Prerequisite> needs, Path runs, TrainingListener listener) {
    for (Task.Prerequisite needed : needs) {
      if (RunFolder.result(needed.run()).isEmpty()) {
        listener.needs(needed.what(), needed.file());
      }
      train(new RunPlan(needed.config(), needed.run(), runs), listener);
    }
  }

  private Task prepare(RunPlan plan) {
    requireRoom(plan.folder());
    Task task = ofItsKind(plan);
    try {
      requirePictures(plan.config(), task);
      return task;
    } catch (RuntimeException | Error e) {
      task.close();
      throw e;
    }
  }

  private static void requirePictures(ExperimentConfig config, Task task) {
    if (task.heldOutPictures() == 0) {
      throw ConfigurationException.of(
          "data.held-out: 0 pictures; the best epoch is chosen on them; allowed: 1 or more");
    }
    if (config.batchSize() > task.trainingPictures()) {
      throw ConfigurationException.of(
          "batch-size: "
              + config.batchSize()
              + " is more than the "
              + task.trainingPictures()
              + " training pictures");
    }
  }

  private Task ofItsKind(RunPlan plan) {
    for (ExperimentKind kind : kinds) {
      if (kind.suits(plan.config())) {
        return kind.prepare(plan, known);
      }
    }
    ExperimentConfig config = plan.config();
    DataSplits data = data(config);
    Network student = Teachers.network(networks, config.student(), data, "student");
    Teachers.requireChannels("normalization", normalization(config), data);
    return new ClassificationTask(
        plan,
        data,
        student,
        normalization(config),
        openTeachers(config, data, plan.runs()),
        objectives);
  }

  private Normalization normalization(ExperimentConfig config) {
    Normalization own = config.normalization();
    return own != null ? own : datasets.provider(config.data().name()).defaultNormalization();
  }

  private static void requireSame(Path folder, String yaml) {
    Path file = RunFolder.config(folder);
    if (!Files.exists(file)) {
      return;
    }
    try {
      List<String> before = Files.readAllLines(file);
      List<String> now = yaml.lines().toList();
      if (!before.equals(now)) {
        throw new TrainingException(
            folder
                + ": the folder holds a run of another configuration ("
                + firstDifference(before, now)
                + "); fix: choose another folder with --out, or start over with --overwrite");
      }
    } catch (IOException e) {
      throw new TrainingException(file + ": cannot be read: " + e, e);
    }
  }

  private static String firstDifference(List<String> before, List<String> now) {
    int i = 0;
    while (i < before.size() && i < now.size() && before.get(i).equals(now.get(i))) {
      i++;
    }
    String there = i < before.size() ? before.get(i).strip() : "nothing";
    String here = i < now.size() ? now.get(i).strip() : "nothing";
    return "there '" + there + "', here '" + here + "'";
  }

  private static void requireRoom(Path folder) {
    long needed = 64L << 20;
    Path existing = folder.toAbsolutePath();
    while (existing.getParent() != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    try {
      long free = Files.getFileStore(existing).getUsableSpace();
      if (free < needed) {
        throw new TrainingException(
            folder
                + ": only "
                + (free >> 20)
                + " MiB are free there; at least "
                + (needed >> 20)
                + " MiB are needed. Make room, or choose another folder with --out");
      }
    } catch (IOException e) {
      throw new TrainingException(folder + ": the disk cannot be examined: " + e, e);
    }
  }

  static List<String> labels(List<Term> terms) {
    return terms.stream().map(Term::label).toList();
  }
}
