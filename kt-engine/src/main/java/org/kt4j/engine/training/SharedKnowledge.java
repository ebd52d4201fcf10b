package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.cache.KnowledgeRequest;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.TrainingListener;

/**
 * Fills the caches of several runs: one pass over the pictures for each teacher, for the terms of
 * all runs that show it the same pictures. One run at a time is open, with its pictures and
 * teachers.
 */
final class SharedKnowledge {

  private final Function<RunPlan, PreparedRun> prepare;
  private final TrainingListener listener;
  private final List<RuntimeException> failures = new ArrayList<>();

  /**
   * Computes nothing yet.
   *
   * @param prepare opens a run, which is closed here
   * @param listener told how the filling goes
   */
  SharedKnowledge(Function<RunPlan, PreparedRun> prepare, TrainingListener listener) {
    this.prepare = prepare;
    this.listener = listener;
  }

  /** Which teacher is asked; with its taps where its numbers depend on them. */
  private record Asked(String teacher, Set<String> taps) {

    static Asked of(KnowledgeDemand demand) {
      return new Asked(demand.name(), demand.teacher().dependsOnReads() ? demand.taps() : Set.of());
    }
  }

  /**
   * One pass.
   *
   * @param plan a run that has the teacher and the pictures
   * @param requests of all runs
   */
  private record Pass(RunPlan plan, List<KnowledgeRequest> requests) {}

  /**
   * Computes what is missing; what fails does not keep the rest from being computed.
   *
   * @throws RuntimeException the first failure, the others suppressed
   */
  void compute(List<RunPlan> plans) {
    Map<List<Object>, List<RunPlan>> alike = new LinkedHashMap<>();
    plans.forEach(
        plan -> alike.computeIfAbsent(shown(plan.config()), any -> new ArrayList<>()).add(plan));
    try {
      alike.values().forEach(this::computeAlike);
    } finally {
      PeakMemory.release();
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.remove(0);
      failures.forEach(first::addSuppressed);
      throw first;
    }
  }

  /** What decides which pictures teachers see, and which teachers. */
  private static List<Object> shown(ExperimentConfig config) {
    return List.of(
        config.data(),
        config.allTeachers(),
        config.student(),
        Optional.ofNullable(config.start()),
        Optional.ofNullable(config.normalization()),
        config.augmentation(),
        Optional.ofNullable(config.cache()));
  }

  private void computeAlike(List<RunPlan> plans) {
    Map<Asked, Pass> passes = new LinkedHashMap<>();
    for (RunPlan plan : plans) {
      tried(
          () -> {
            try (PreparedRun run = prepare.apply(plan)) {
              for (KnowledgeDemand demand : run.knowledge()) {
                passes
                    .computeIfAbsent(Asked.of(demand), any -> new Pass(plan, new ArrayList<>()))
                    .requests()
                    .addAll(demand.requests());
              }
            }
          });
    }
    passes.forEach((asked, pass) -> tried(() -> compute(asked, pass)));
  }

  private void compute(Asked asked, Pass pass) {
    try (PreparedRun run = prepare.apply(pass.plan())) {
      run.checkTeachers(TrainingListener.SILENT);
      for (KnowledgeDemand demand : run.knowledge()) {
        if (Asked.of(demand).equals(asked)) {
          demand.asking(pass.requests()).met(listener);
        }
      }
    }
  }

  private void tried(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      failures.add(e);
    }
  }
}
