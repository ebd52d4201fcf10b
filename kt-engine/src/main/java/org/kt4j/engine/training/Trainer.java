package org.kt4j.engine.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.DataSplits;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.teacher.FrozenClassifier;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;

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

  /** A trainer of what these registries know. */
  @Inject
  public Trainer(Methods methods, Networks networks, Datasets datasets, ExperimentReader reader) {
    this.networks = networks;
    this.datasets = datasets;
    this.reader = reader;
    this.objectives = new ObjectiveTerms(methods);
  }

  /** What a run is made of once its configuration has been checked. */
  record Prepared(
      RunPlan plan,
      DataSplits data,
      Network student,
      Normalization normalization,
      @Nullable TeacherPlan teacher,
      ObjectiveTerms.BothShapes shapes,
      List<List<Term>> phases) {

    Prepared with(List<List<Term>> others) {
      return new Prepared(plan, data, student, normalization, teacher, shapes, others);
    }
  }

  /**
   * A teacher, and how it did.
   *
   * @param teacher ready to teach
   * @param heldOut its answers for the held-out pictures
   */
  record TriedTeacher(Teacher teacher, Evaluation heldOut) {}

  private record Ready(Prepared prepared, @Nullable TriedTeacher teacher) {}

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
    Ready ready = RunFolder.result(plan.folder()).isPresent() ? null : ready(plan, listener);
    ExperimentConfig alone =
        reader.read(baseline.config(), Map.of()).on(plan.config().data(), plan.config().seed());
    Path folder = folder(plan.runs(), baseline.config(), alone);
    if (RunFolder.result(folder).isEmpty()) {
      listener.needs("baseline", baseline.config());
    }
    RunResult compared = train(new RunPlan(alone, folder, plan.runs()), listener);
    return new Comparison(train(plan, ready, listener), Optional.of(compared));
  }

  /**
   * Trains one run, or goes on with it.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when the run cannot begin or go on
   */
  public RunResult train(RunPlan plan, TrainingListener listener) {
    return train(plan, null, listener);
  }

  private RunResult train(RunPlan plan, @Nullable Ready checked, TrainingListener listener) {
    String yaml = reader.write(plan.config());
    requireSame(plan.folder(), yaml);
    Ready ready = checked;
    if (ready == null && RunFolder.result(plan.folder()).isEmpty()) {
      ready = ready(plan, listener); // Before the folder exists: a mistake leaves nothing behind.
    }
    try (RunFolder folder = RunFolder.open(plan.folder())) {
      Optional<RunResult> done = RunFolder.result(plan.folder());
      if (done.isPresent() || ready == null) {
        listener.finished(plan.folder(), done.orElseThrow(), true);
        return done.orElseThrow();
      }
      folder.config(yaml);
      folder.environment(Environment.here());
      RunResult result = new Run(ready.prepared(), ready.teacher(), folder, listener).toTheEnd();
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

  /** The student of an experiment, trained, as a classifier. */
  public FrozenClassifier student(
      ExperimentConfig config, DataSplits data, Path run, Checkpoints.Which which) {
    return new FrozenClassifier(
        data.shape(),
        network(config.student(), data, "student"),
        normalization(config),
        TeacherPlan.weightsOf(run, which));
  }

  /**
   * The teacher of an experiment as a classifier; a teacher that is trained on demand must have
   * been trained.
   *
   * @throws TrainingException when the experiment has none
   */
  public FrozenClassifier teacher(ExperimentConfig config, DataSplits data, Path runs) {
    TeacherConfig teacher = config.teacher();
    if (teacher == null) {
      throw ConfigurationException.of("this configuration has no teacher");
    }
    TeacherPlan plan = TeacherPlan.of(teacher, runs, reader);
    return new FrozenClassifier(
        data.shape(),
        network(plan.network(), data, "teacher"),
        plan.normalization().orElseGet(() -> normalization(config)),
        plan.load());
  }

  /** Checks everything that can be checked before the first step, the teacher included. */
  private Ready ready(RunPlan plan, TrainingListener listener) {
    Prepared prepared = prepare(plan);
    tellLayers(prepared, listener);
    TriedTeacher tried = teacher(prepared, listener);
    if (tried == null) {
      return new Ready(prepared, null);
    }
    List<List<Term>> phases =
        objectives.surveyed(
            prepared.phases(), prepared.shapes(), tried.teacher(), prepared.data().train());
    return new Ready(prepared.with(phases), tried);
  }

  private static void tellLayers(Prepared prepared, TrainingListener listener) {
    for (int p = 0; p < prepared.phases().size(); p++) {
      String phase = prepared.plan().config().phases().get(p).name();
      for (Term term : prepared.phases().get(p)) {
        Taps taps = term.method().taps(prepared.shapes().teacher(), prepared.shapes().student());
        if (!taps.student().equals(List.of(Taps.LOGITS))) {
          listener.termReads(phase, term.label(), taps);
        }
      }
    }
  }

  private Prepared prepare(RunPlan plan) {
    ExperimentConfig config = plan.config();
    TeacherConfig named = config.teacher();
    TeacherPlan teacher = named == null ? null : TeacherPlan.of(named, plan.runs(), reader);
    DataSplits data = data(config);
    if (data.heldOut().size() == 0) {
      throw ConfigurationException.of(
          "data.held-out: 0 pictures; the best epoch is chosen on them; allowed: 1 or more");
    }
    if (config.batchSize() > data.train().size()) {
      throw ConfigurationException.of(
          "batch-size: "
              + config.batchSize()
              + " is more than the "
              + data.train().size()
              + " training pictures");
    }
    Network student = network(config.student(), data, "student");
    Network knower = teacher == null ? null : network(teacher.network(), data, "teacher");
    requireChannels("normalization", normalization(config), data);
    if (teacher != null && teacher.normalization().isPresent()) {
      requireChannels("teacher.normalization", teacher.normalization().get(), data);
    }
    ObjectiveTerms.BothShapes shapes =
        objectives.check(config.phases(), data.shape(), student, knower);
    requireRoom(plan.folder());
    List<List<Term>> phases = config.phases().stream().map(objectives::of).toList();
    return new Prepared(plan, data, student, normalization(config), teacher, shapes, phases);
  }

  private static void requireChannels(String place, Normalization normalization, DataSplits data) {
    int channels = data.shape().channels();
    if (normalization.channels() != channels) {
      throw ConfigurationException.of(
          place
              + ": "
              + normalization.channels()
              + " channels do not fit the "
              + channels
              + " of "
              + data.train().name()
              + "; give one mean and one std per channel");
    }
  }

  private Network network(NetworkConfig config, DataSplits data, String who) {
    int classes = data.train().classes().size();
    try {
      return networks.create(config.network(), config.options(), data.shape(), classes);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(
          who
              + ": "
              + config.network()
              + " does not fit "
              + data.train().name()
              + ": "
              + e.getMessage());
    }
  }

  private Normalization normalization(ExperimentConfig config) {
    Normalization own = config.normalization();
    return own != null ? own : datasets.provider(config.data().name()).defaultNormalization();
  }

  /** Loads the teacher, trains it first where that is asked for, and tries it. */
  private @Nullable TriedTeacher teacher(Prepared prepared, TrainingListener listener) {
    TeacherPlan plan = prepared.teacher();
    TeacherConfig named = prepared.plan().config().teacher();
    if (plan == null || named == null) {
      return null;
    }
    if (plan.config() != null && plan.run() != null && plan.configFile() != null) {
      if (RunFolder.result(plan.run()).isEmpty()) {
        listener.needs("teacher", plan.configFile());
      }
      train(new RunPlan(plan.config(), plan.run(), prepared.plan().runs()), listener);
    }
    DataSplits data = prepared.data();
    Network network = network(plan.network(), data, "teacher");
    Normalization normalization = plan.normalization().orElse(prepared.normalization());
    Weights weights = plan.load();
    Evaluation tried;
    try (FrozenClassifier classifier =
        new FrozenClassifier(data.shape(), network, normalization, weights)) {
      tried = Evaluation.of(classifier, data.heldOut());
    }
    listener.teacherEvaluated(plan.source(), tried.accuracy());
    int classes = data.train().classes().size();
    if (!named.keys().allowWeak() && isChance(tried.accuracy(), classes, data.heldOut().size())) {
      throw ConfigurationException.of(
          String.format(
              Locale.ROOT,
              "teacher: %s is right on %.2f %% of the held-out pictures, which is chance for %d "
                  + "classes. Are its weights, its normalization and the order of its classes "
                  + "those of this data? To learn from it all the same: teacher.allow-weak: true",
              plan.source(),
              100 * tried.accuracy(),
              classes));
    }
    return new TriedTeacher(new Teacher(network, normalization, weights, plan.source()), tried);
  }

  /** Within four standard errors of guessing. */
  static boolean isChance(double accuracy, int classes, int pictures) {
    double chance = 1.0 / classes;
    return accuracy <= chance + 4 * Math.sqrt(chance * (1 - chance) / pictures);
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
