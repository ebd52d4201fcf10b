package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.TrainingListener;

/** What several runs read of their caches, by the passes over the pictures that compute it. */
final class SharedKnowledge implements AutoCloseable {

  private final Map<List<Object>, KnowledgeDemand> passes = new LinkedHashMap<>();
  private final List<PreparedRun> open = new ArrayList<>();

  /**
   * Adds what a run wants. Of the runs that share a pass only the first stays open, for its teacher
   * and its pictures.
   *
   * @param run closed by this, now or later, also when this fails
   */
  void add(PreparedRun run) {
    boolean first = false;
    try {
      for (KnowledgeDemand demand : run.knowledge()) {
        List<Object> pass = demand.pass();
        first |= !passes.containsKey(pass);
        passes.merge(pass, demand, KnowledgeDemand::with);
      }
      if (first) {
        run.checkTeachers(TrainingListener.SILENT);
      }
    } catch (RuntimeException | Error e) {
      run.close();
      throw e;
    }
    if (first) {
      open.add(run);
    } else {
      run.close();
    }
  }

  /** Computes what is missing. */
  void compute(FillListener listener) {
    passes.values().forEach(demand -> demand.met(listener));
  }

  @Override
  public void close() {
    open.forEach(PreparedRun::close);
  }
}
