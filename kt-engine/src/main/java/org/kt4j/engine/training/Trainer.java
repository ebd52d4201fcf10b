package org.kt4j.engine.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.WeightCriterion;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Normalization;
import org.kt4j.data.ReadFault;
import org.kt4j.engine.experiment.BaselineConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.experiment.WeightSource;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.mask.Masking;
import org.kt4j.engine.prune.PrunedStudents;
import org.kt4j.engine.registry.WeightCriteria;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.Prerequisite;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.SourceResolver;
import org.kt4j.engine.source.SourceRun;
import org.kt4j.engine.source.StartingPoint;
import org.kt4j.engine.step.Tuning;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.Tasks;
import org.kt4j.engine.task.TrainingListener;

/**
 * Trains what an {@link ExperimentConfig} describes: checks the configuration, trains missing
 * teachers, runs the phases, and evaluates the student.
 *
 * <p>A run that was interrupted continues after its last epoch when it is started again, and ends
 * with the same numbers as one that was not interrupted. A complete run is not trained again.
 */
@Singleton
public final class Trainer {

  private static final int CLASSES_OF_IMAGENET = 1000;

  private final Tasks tasks;
  private final ExperimentReader reader;
  private final PrunedStudents pruned;
  private final WeightCriteria criteria;

  /** Creates a trainer for these tasks. */
  @Inject
  public Trainer(
      Tasks tasks, ExperimentReader reader, PrunedStudents pruned, WeightCriteria criteria) {
    this.tasks = tasks;
    this.reader = reader;
    this.pruned = pruned;
    this.criteria = criteria;
  }

  /** The plan with its normalization, and a student that is made where the configuration prunes. */
  private RunPlan made(RunPlan given, TrainingListener listener) {
    RunPlan plan = normalised(given, listener);
    return plan.config().student().prune() == null
        ? plan
        : new RunPlan(
            pruned.resolved(
                plan.config(),
                plan.runs(),
                listener::prunes,
                run -> train(run.by(plan.replicas()), listener)),
            plan.folder(),
            plan.runs(),
            plan.replicas());
  }

  /** The plan whose pictures are normalised as those of the run that the student begins with. */
  private RunPlan normalised(RunPlan plan, TrainingListener listener) {
    ExperimentConfig config = sources(plan.runs()).normalised(plan.config());
    Normalization taken = config.normalization();
    if (taken == null || config.equals(plan.config())) {
      return plan;
    }
    listener.beginsSo(
        "pictures are normalised as in the run that the student begins with: mean "
            + taken.mean()
            + ", std "
            + taken.std());
    return new RunPlan(config, plan.folder(), plan.runs(), plan.replicas());
  }

  /** A run whose next action is its first step. */
  private record Ready(
      Task task, PreparedRun prepared, @Nullable StartingPoint start, double seconds)
      implements AutoCloseable {

    @Override
    public void close() {
      prepared.close();
    }
  }

  /**
   * Trains the baseline that the configuration names, if it names one, and then the run.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when the run cannot begin or go on
   */
  public Comparison compare(RunPlan given, TrainingListener listener) {
    RunPlan plan = made(given, listener);
    BaselineConfig baseline = plan.config().baseline();
    if (baseline == null) {
      return new Comparison(train(plan, listener), Optional.empty());
    }
    // A mistake in either configuration should not wait for anything to be trained.
    RunPlan alone = baseline(plan, baseline);
    try (Ready ready = readyUnlessDone(plan, listener)) {
      if (RunFolder.result(alone.folder()).isEmpty()) {
        listener.needs("baseline", baseline.source().config());
      }
      RunResult compared = train(alone, listener);
      return new Comparison(train(plan, ready, listener), Optional.of(compared));
    }
  }

  /**
   * Trains one run, or continues it.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when the run cannot begin or go on
   */
  public RunResult train(RunPlan given, TrainingListener listener) {
    RunPlan plan = made(given, listener);
    // Before the folder exists: a mistake leaves nothing behind.
    try (Ready ready = readyUnlessDone(plan, listener)) {
      return train(plan, ready, listener);
    }
  }

  private @Nullable Ready readyUnlessDone(RunPlan plan, TrainingListener listener) {
    plan.requireApart(reader);
    RunFolder.awaitFree(plan.folder(), listener::waits);
    requireSame(plan);
    RunCopy.bring(plan);
    return result(plan).isPresent() ? null : ready(plan, listener);
  }

  /** The result of a run that is complete; what is no result of its configuration is refused. */
  private static Optional<RunResult> result(RunPlan plan) {
    Optional<RunResult> result = RunFolder.result(plan.folder());
    int epochs = plan.config().epochs();
    if (result.isPresent() && result.get().epochs() != epochs) {
      throw new RunFolderException(
          plan.folder()
              + ": result.json is of "
              + result.get().epochs()
              + " epochs, the configuration of "
              + epochs
              + "; fix: restore it from a copy, or start over with --overwrite");
    }
    if (result.isPresent() && !result.get().isOf(RunFolder.metrics(plan.folder()))) {
      throw new RunFolderException(
          plan.folder()
              + ": result.json and metrics.jsonl are not of one run, for their held-out scores"
              + " differ; fix: restore them from a copy, or start over with --overwrite");
    }
    return result;
  }

  private RunResult train(RunPlan plan, @Nullable Ready ready, TrainingListener listener) {
    try (RunFolder folder = RunFolder.awaited(plan.folder(), listener::waits)) {
      requireSame(plan); // another process may have written it meanwhile
      Optional<RunResult> done = result(plan);
      if (done.isPresent() || ready == null) {
        listener.finished(plan.folder(), done.orElseThrow(), true);
        return done.orElseThrow();
      }
      folder.config(reader.write(plan.config()));
      folder.environment(ThisProcess.environment());
      folder.task(ready.task().facts());
      Run run =
          new Run(
              plan.config(),
              ready.task().facts(),
              ready.prepared(),
              ready.start(),
              masking(plan.config(), ready.prepared()),
              plan.replicas(),
              ready.seconds(),
              folder,
              listener);
      RunResult result = toTheEnd(run, plan);
      listener.finished(plan.folder(), result, false);
      return result;
    }
  }

  private static RunResult toTheEnd(Run run, RunPlan plan) {
    Path folder = plan.folder();
    try {
      return run.toTheEnd();
    } catch (RuntimeException failure) {
      RuntimeException e = plan.replicas().explained(failure);
      throw new TrainingException(
          folder
              + ": a step could not be computed: "
              + TensorFlowFailure.reason(e)
              + ". The last checkpoint is untouched",
          e);
    }
  }

  /**
   * Returns the default folder of a run: {@code runs/quickstart/nst-kd/seed-1} for {@code
   * configs/quickstart/nst-kd.yaml}, followed by a digest, {@code seed-1-3f2a9c01}, when anything
   * but the seed differs from the file. So a command always finds its own run again.
   *
   * @param runs where all runs go
   * @param file the configuration's file
   * @param config what was read from it, with overrides
   */
  public Path folder(Path runs, Path file, ExperimentConfig config) {
    return RunPlan.folder(runs, file, config, reader);
  }

  /**
   * Returns the run that a configuration's result is compared with: on its data, with its seed, in
   * the default folder, whether it was trained or not. It is empty when the configuration names no
   * baseline.
   *
   * @throws ConfigurationException when the baseline's configuration cannot be read
   */
  public Optional<RunPlan> baseline(RunPlan plan) {
    return Optional.ofNullable(plan.config().baseline()).map(named -> baseline(plan, named));
  }

  private RunPlan baseline(RunPlan plan, BaselineConfig named) {
    SourceRun alone = sources(plan.runs()).baseline(named, plan.config());
    return new RunPlan(alone.config(), alone.folder(), plan.runs(), plan.replicas());
  }

  private SourceResolver sources(Path runs) {
    return new SourceResolver(runs, reader);
  }

  /**
   * Removes the files of an earlier run from a run's folder.
   *
   * @throws ConfigurationException when the run reads what would be removed
   * @throws TrainingException when another process uses the folder
   */
  public void discard(RunPlan plan) {
    plan.requireApart(reader);
    try (RunFolder run = RunFolder.open(plan.folder())) {
      run.clear();
    }
  }

  /**
   * Checks everything that can be checked before the teachers are trained.
   *
   * @throws ConfigurationException when the configuration does not hold together
   */
  public void check(RunPlan unresolved) {
    RunPlan given = normalised(unresolved, TrainingListener.SILENT);
    RunPlan plan =
        new RunPlan(
            pruned.checked(given.config(), given.runs()),
            given.folder(),
            given.runs(),
            given.replicas());
    plan.requireApart(reader);
    baseline(plan);
    StartingPoint start = StartingPoint.of(plan.config(), sources(plan.runs()));
    try (PreparedRun prepared = prepare(plan)) {
      // What is pruned begins with the weights that are left.
      if (given.config().student().prune() == null && (start == null || start.there())) {
        requireStart(plan.config(), prepared, start, TrainingListener.SILENT);
      }
    }
  }

  /** Reads the weights that a student begins with, so that a mistake waits for nothing. */
  private void requireStart(
      ExperimentConfig config,
      PreparedRun prepared,
      @Nullable StartingPoint start,
      TrainingListener listener) {
    PhaseConfig first = config.phases().get(0);
    if (start == null && first.freeze() == null) {
      return;
    }
    prepared.tryStudent(
        student -> {
          StartingPoint.Begun begun = start == null ? null : start.of(student);
          Set<String> frozen = Tuning.of(first, 0, student, Set.of()).frozen();
          StartingPoint.requireTrained(begun, frozen, student);
          if (begun != null) {
            remindOfImageNet(config, begun, listener);
          }
        });
  }

  /** Says so where weights of ImageNet's classes see pictures normalised as those of other data. */
  private void remindOfImageNet(
      ExperimentConfig config, StartingPoint.Begun begun, TrainingListener listener) {
    StartConfig start = config.start();
    Normalization used = reader.normalization(config);
    if (start != null
        && start.source() instanceof WeightSource.OfWeights
        && begun.classes().equals(OptionalInt.of(CLASSES_OF_IMAGENET))
        && config.normalization() == null
        && !used.equals(Normalization.imageNet())) {
      listener.beginsSo(
          "the weights know 1,000 classes, as those of ImageNet do, and pictures are normalised as"
              + " those of "
              + config.data().name()
              + "; weights of torchvision, and most of timm, expect normalization: imagenet");
    }
  }

  /**
   * Trains the teachers and the starting point that a run needs, but not the run itself.
   *
   * @throws ConfigurationException when the configuration does not hold together
   * @throws TrainingException when one of them cannot be trained
   */
  public void trainFirst(RunPlan given, TrainingListener listener) {
    RunPlan plan = made(given, listener);
    StartingPoint start = StartingPoint.of(plan.config(), sources(plan.runs()));
    boolean wanted =
        plan.config().allTeachers().stream()
            .anyMatch(each -> each.source() instanceof RunSource.OfConfiguration);
    if (wanted) {
      try (PreparedRun prepared = prepare(plan)) {
        trainFirst(prepared.prerequisites(), plan, listener);
      }
    }
    if (start != null) {
      trainFirst(start.needs(), plan, listener);
    }
  }

  /**
   * Computes what runs will read of their caches. A teacher that several of them learn from is
   * asked in one pass over the pictures, for the terms of all. What the runs need first must be
   * trained. A run whose student is pruned is left out: its student is made when it begins.
   *
   * @throws RuntimeException when something could not be computed, the other reasons suppressed;
   *     what does not depend on it was computed
   */
  public void fillCaches(List<RunPlan> plans, TrainingListener listener) {
    new SharedKnowledge(plan -> prepare(normalised(plan, TrainingListener.SILENT)), listener)
        .compute(plans.stream().filter(plan -> plan.config().student().prune() == null).toList());
  }

  /** Checks everything that can be checked before the first step, including the teachers. */
  private Ready ready(RunPlan plan, TrainingListener listener) {
    long began = System.nanoTime();
    StartingPoint start = StartingPoint.of(plan.config(), sources(plan.runs()));
    PreparedRun prepared = prepare(plan);
    try {
      boolean begins = !RunFolder.hasBegun(plan.folder());
      boolean now = start == null || start.there();
      if (begins && now) {
        requireStart(plan.config(), prepared, start, listener);
      }
      long teaching = System.nanoTime();
      trainFirst(prepared.prerequisites(), plan, listener);
      if (start != null) {
        trainFirst(start.needs(), plan, listener);
      }
      if (begins && !now) {
        requireStart(plan.config(), prepared, start, listener);
      }
      double secondsOfOthers = (System.nanoTime() - teaching) / 1e9;
      PeakMemory.reset();
      prepared.ready(listener);
      return new Ready(
          tasks.of(plan.config()),
          prepared,
          start,
          (System.nanoTime() - began) / 1e9 - secondsOfOthers);
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
  }

  private void trainFirst(List<Prerequisite> needs, RunPlan plan, TrainingListener listener) {
    for (Prerequisite needed : needs) {
      if (RunFolder.result(needed.run()).isEmpty()) {
        listener.needs(needed.what(), needed.file());
      }
      train(new RunPlan(needed.config(), needed.run(), plan.runs(), plan.replicas()), listener);
    }
  }

  private PreparedRun prepare(RunPlan plan) {
    requireRoom(plan.folder());
    PreparedRun prepared = tasks.of(plan.config()).prepare(plan);
    try {
      requirePictures(plan.config(), prepared);
      SharedWork.require(plan.replicas().count(), plan.config().batchSize(), prepared.objective());
      Agreement.require(plan, reader, prepared);
      masking(plan.config(), prepared);
      GradientWatch.require(plan.config(), tasks.of(plan.config()).labelTerms());
      return prepared;
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
  }

  /** When weights are set to zero, checked; null where none are. */
  private @Nullable Masking masking(ExperimentConfig config, PreparedRun prepared) {
    MaskConfig mask = config.student().mask();
    if (mask == null) {
      return null;
    }
    WeightCriterion criterion = criteria.create(mask.criterion(), mask.options());
    if (criterion.pictures() > 0) {
      String without =
          prepared.picturesOfClasses() == null
              ? "the second derivatives of the cross-entropy of whole pictures, and this task has"
                  + " another loss"
              : config.student().quantization() != null
                  ? "second derivatives, and the student is rounded, whose derivatives are 0"
                  : "";
      if (!without.isEmpty()) {
        throw ConfigurationException.of(
            "student.mask.criterion: "
                + mask.criterion()
                + " needs "
                + without
                + "; fix: a criterion that reads the weights alone, such as magnitude");
      }
    }
    return new Masking(mask, criterion, prepared.trainingPictures() / config.batchSize())
        .requireWithin(config.epochs());
  }

  /** Checks that there are pictures to train, to choose and to test on. */
  static void requirePictures(ExperimentConfig config, PreparedRun prepared) {
    if (prepared.heldOutPictures() == 0) {
      throw ConfigurationException.of(
          "data.held-out: 0 pictures; the best epoch is chosen on them; allowed: 1 or more");
    }
    if (prepared.testPictures() == 0) {
      throw ConfigurationException.of(
          "data: 0 test pictures; results are reported on them; allowed: 1 or more");
    }
    if (config.batchSize() > prepared.trainingPictures()) {
      throw ConfigurationException.of(
          "batch-size: "
              + config.batchSize()
              + " is more than the "
              + prepared.trainingPictures()
              + " training pictures");
    }
  }

  private void requireSame(RunPlan plan) {
    if (!plan.replicas().first()) {
      return; // Its folder holds a copy of the first worker's, which has looked.
    }
    Path folder = plan.folder();
    Path file = RunFolder.config(folder);
    if (!Files.exists(file)) {
      if (RunFolder.hasBegun(folder)) {
        throw new RunFolderException(
            folder
                + ": the folder holds a run, but not its config.yaml, so that nobody knows what was"
                + " trained; fix: restore it from a copy, or start over with --overwrite");
      }
      return;
    }
    try {
      String before = Files.readString(file);
      String now = reader.write(plan.config());
      if (!before.lines().toList().equals(now.lines().toList())) {
        throw new RunFolderException(
            folder
                + ": the folder holds a run of another configuration ("
                + FirstDifference.of(before, now)
                + "); fix: choose another folder with --out, or start over with --overwrite");
      }
    } catch (IOException e) {
      throw new RunFolderException(file + ": cannot be read: " + ReadFault.reason(e), e);
    }
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
      throw new TrainingException(
          folder + ": the disk cannot be examined: " + ReadFault.reason(e), e);
    }
  }
}
