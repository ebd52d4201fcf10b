package org.kt4j.comparison.suite;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.training.Trainer;

/**
 * Does the runs of a suite that are not done. Each goes on where it was; a complete one is not
 * trained again, and a failure is noted while the others go on.
 */
@Singleton
public final class SuiteRunner {

  private final Trainer trainer;

  /** Runs suites with that trainer. */
  @Inject
  public SuiteRunner(Trainer trainer) {
    this.trainer = trainer;
  }

  /**
   * Checks what is not done, as before a training, and names all runs in {@code suite.json}; for
   * who trains them elsewhere.
   *
   * @return the runs that are not complete, in lists of those that need the same to be trained
   *     first
   * @throws ConfigurationException when an experiment does not hold together
   */
  public List<List<PlannedRun>> open(SuitePlan plan) {
    List<PlannedRun> open = new ArrayList<>(plan.inOrder());
    open.removeIf(SuiteRunner::isComplete);
    check(plan, open);
    SuiteFile.write(plan, Map.of());
    Map<List<Object>, List<PlannedRun>> groups = new LinkedHashMap<>();
    open.forEach(run -> groups.computeIfAbsent(needs(run), any -> new ArrayList<>()).add(run));
    return List.copyOf(groups.values());
  }

  /**
   * Trains one run to its end; waits when another process trains it.
   *
   * @throws RuntimeException when it fails
   */
  public void train(SuitePlan plan, PlannedRun run, SuiteListener listener)
      throws InterruptedException {
    listener.runBegins(run, 1, 1);
    RunFolder.awaitFree(run.folder(), listener::waits);
    if (!isComplete(run)) {
      inThisProcess(plan, listener).train(run);
    }
    listener.runEnds(run, 1, 1);
  }

  /**
   * Trains what a run needs first, such as its teachers, and fills the caches of all runs that need
   * the same.
   *
   * @throws RuntimeException when something cannot be trained
   */
  public void prepare(SuitePlan plan, PlannedRun run, SuiteListener listener) {
    trainFirst(plan, run, listener);
    List<PlannedRun> alike =
        plan.inOrder().stream()
            .filter(each -> !isComplete(each) && needs(each).equals(needs(run)))
            .toList();
    fillCaches(plan, alike, listener);
  }

  private void trainFirst(SuitePlan plan, PlannedRun run, SuiteListener listener) {
    trainer.trainFirst(new RunPlan(run.config(), run.folder(), plan.runs()), listener);
  }

  /** Trains in this process. */
  public RunLauncher inThisProcess(SuitePlan plan, SuiteListener listener) {
    return run -> trainer.train(new RunPlan(run.config(), run.folder(), plan.runs()), listener);
  }

  /**
   * Runs a suite.
   *
   * @param jobs runs at a time; more than one only with a launcher that starts processes
   * @throws ConfigurationException when an experiment does not hold together, before anything is
   *     trained
   * @throws InterruptedException when it is stopped; what was trained stays
   */
  public SuiteOutcome run(SuitePlan plan, RunLauncher launcher, int jobs, SuiteListener listener)
      throws InterruptedException {
    long began = System.nanoTime();
    Map<PlannedRun, String> failures = Collections.synchronizedMap(new LinkedHashMap<>());
    List<PlannedRun> all = plan.inOrder();
    List<PlannedRun> open = new ArrayList<>(all);
    open.removeIf(SuiteRunner::isComplete);
    listener.begins(all.size(), all.size() - open.size());
    check(plan, open);
    SuiteFile.write(plan, failures);
    long training = System.nanoTime();
    trainFirst(plan, open, failures, listener);
    List<PlannedRun> trainable = open.stream().filter(run -> !failures.containsKey(run)).toList();
    fillCaches(plan, trainable, listener);
    double secondsOfOthers = (System.nanoTime() - training) / 1e9;
    Map<PlannedRun, Double> elapsedBefore = new HashMap<>();
    trainable.forEach(run -> elapsedBefore.put(run, elapsed(run)));
    AtomicInteger number = new AtomicInteger(all.size() - trainable.size());
    ExecutorService pool = Executors.newFixedThreadPool(jobs);
    try {
      List<Future<?>> futures = new ArrayList<>();
      for (PlannedRun run : trainable) {
        futures.add(
            pool.submit(
                () -> {
                  train(
                      plan,
                      run,
                      launcher,
                      number.incrementAndGet(),
                      all.size(),
                      failures,
                      listener);
                  return null;
                }));
      }
      for (Future<?> future : futures) {
        future.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run could neither be done nor reported", e.getCause());
    } finally {
      pool.shutdownNow();
      // Nothing of this suite goes on when it has ended.
      pool.awaitTermination(1, TimeUnit.MINUTES);
    }
    SuiteFile.write(plan, failures);
    double secondsOfRuns =
        trainable.stream()
            .mapToDouble(run -> elapsed(run) - Objects.requireNonNull(elapsedBefore.get(run)))
            .sum();
    return new SuiteOutcome(
        Map.copyOf(failures),
        (System.nanoTime() - began) / 1e9 - secondsOfOthers,
        secondsOfRuns / jobs,
        trainable.size());
  }

  /** A run whose files are damaged is not; the attempt to train it says what is wrong with them. */
  private static boolean isComplete(PlannedRun run) {
    try {
      return RunFolder.result(run.folder()).isPresent();
    } catch (TrainingException e) {
      return false;
    }
  }

  /** Of a run so far, earlier attempts included; 0 where its files are damaged. */
  private static double elapsed(PlannedRun run) {
    try {
      List<EpochMetrics> metrics = RunFolder.metrics(run.folder());
      return RunFolder.result(run.folder())
          .map(RunResult::wallSeconds)
          .orElse(metrics.isEmpty() ? 0 : metrics.get(metrics.size() - 1).elapsedSeconds());
    } catch (TrainingException e) {
      return 0;
    }
  }

  private void train(
      SuitePlan plan,
      PlannedRun run,
      RunLauncher launcher,
      int number,
      int runs,
      Map<PlannedRun, String> failures,
      SuiteListener listener)
      throws InterruptedException {
    listener.runBegins(run, number, runs);
    try {
      // Another process may train it, whose result is as good.
      RunFolder.awaitFree(run.folder(), listener::waits);
      if (!isComplete(run)) {
        launcher.train(run);
      }
      listener.runEnds(run, number, runs);
    } catch (RuntimeException | OutOfMemoryError e) {
      failures.put(run, message(e));
      SuiteFile.write(plan, failures);
      listener.runFailed(run, e);
    }
  }

  private void check(SuitePlan plan, List<PlannedRun> open) {
    List<String> problems = new ArrayList<>();
    for (PlannedRun run : ofRows(plan, open)) {
      try {
        trainer.check(new RunPlan(run.config(), run.folder(), plan.runs()));
      } catch (ConfigurationException e) {
        e.problems().forEach(problem -> problems.add(run.method() + ": " + problem));
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /**
   * Of each row its first run among some: runs of other seeds differ in nothing that is checked or
   * cached.
   */
  private static List<PlannedRun> ofRows(SuitePlan plan, List<PlannedRun> some) {
    return plan.tables().stream()
        .flatMap(table -> table.rows().stream())
        .flatMap(row -> row.runs().stream().filter(some::contains).limit(1))
        .toList();
  }

  /**
   * A teacher is asked once for all rows that have not begun. Where that fails the rows go on, and
   * each says itself what it lacks.
   */
  private void fillCaches(SuitePlan plan, List<PlannedRun> open, SuiteListener listener) {
    List<PlannedRun> beginning =
        open.stream()
            .filter(run -> run.config().cache() != null && !RunFolder.hasBegun(run.folder()))
            .toList();
    if (beginning.size() > 1) {
      try {
        trainer.fillCaches(
            ofRows(plan, beginning).stream()
                .map(run -> new RunPlan(run.config(), run.folder(), plan.runs()))
                .toList(),
            listener);
      } catch (RuntimeException | OutOfMemoryError e) {
        listener.cachesNotFilled(e);
      }
    }
  }

  /** Before the runs, so that two that run at once do not both want to train one. */
  private void trainFirst(
      SuitePlan plan,
      List<PlannedRun> open,
      Map<PlannedRun, String> failures,
      SuiteListener listener) {
    Map<List<Object>, Optional<RuntimeException>> tried = new HashMap<>();
    for (PlannedRun run : open) {
      tried
          .computeIfAbsent(needs(run), any -> tried(plan, run, listener))
          .ifPresent(
              failure -> {
                failures.put(run, message(failure));
                listener.runFailed(run, failure);
              });
    }
  }

  /** Runs for which it is equal need the same to be trained first. */
  private static List<Object> needs(PlannedRun run) {
    return List.of(
        run.config().data(), run.config().allTeachers(), Optional.ofNullable(run.config().start()));
  }

  /** What went wrong, if anything did; it goes for all runs that need the same. */
  private Optional<RuntimeException> tried(SuitePlan plan, PlannedRun run, SuiteListener listener) {
    try {
      trainFirst(plan, run, listener);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  private static String message(Throwable e) {
    return String.valueOf(e.getMessage() == null ? e : e.getMessage());
  }
}
