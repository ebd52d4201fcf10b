package org.kt4j.speed;

import org.kt4j.data.Batch;
import org.kt4j.data.BatchStream;
import org.kt4j.data.Normalization;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.FrozenNetwork;

/**
 * Filling a cache of NST and KD from nothing, beside the teacher's forward pass alone over the same
 * pictures in the same batches.
 */
final class FillSpeed implements Section {

  private static final int LARGEST_ROUNDS = 5;

  @Override
  public String name() {
    return "fill";
  }

  /** Remembers the last report. */
  private static final class Speed implements FillListener {

    private double picturesPerSecond;

    @Override
    public void filling(long done, long total, double seconds) {
      picturesPerSecond = done / seconds;
    }
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int rounds = Math.min(LARGEST_ROUNDS, settings.rounds());
    double[] filled = new double[rounds];
    double[] whole = new double[rounds];
    double[] forward = new double[rounds];
    try (Teacher teacher = bench.teacher(settings.teacher());
        FrozenNetwork classifier = bench.forward(teacher)) {
      answer(bench, classifier); // the first pass also optimises the graph
      for (int round = 0; round < rounds; round++) {
        try (TemporaryFolder folder = new TemporaryFolder()) {
          Speed speed = new Speed();
          long began = System.nanoTime();
          bench.stored(
              folder.path(), settings.student(), teacher, Workbench.views(1), speed, "stage3");
          whole[round] = bench.pictures().size() / ((System.nanoTime() - began) / 1e9);
          filled[round] = speed.picturesPerSecond;
        }
        long began = System.nanoTime();
        answer(bench, classifier);
        forward[round] = bench.pictures().size() / ((System.nanoTime() - began) / 1e9);
      }
    }
    Samples pass = new Samples(forward);
    Samples fill = new Samples(filled);
    return Outcome.of(
        Figure.of(name(), settings.teacher() + " forward alone", "images/s", pass)
            .noting("batches of " + KnowledgeFile.BLOCK),
        Figure.of(name(), "fill", "images/s", fill).noting("NST on stage3 and KD, one view"),
        Figure.of(name(), "fill over forward", "", fill.over(pass))
            .wanted(Figure.Target.atLeast(0.9)),
        Figure.of(name(), "all of it over forward", "", new Samples(whole).over(pass))
            .noting("with building the graph, its optimisation, and hashing the pictures"));
  }

  private static void answer(Workbench bench, FrozenNetwork classifier) {
    Normalization normalization = bench.normalization();
    try (BatchStream stream =
        BatchStream.evaluation(bench.pictures(), KnowledgeFile.BLOCK, normalization)) {
      var batches = stream.epoch(0, 0);
      while (batches.hasNext()) {
        Batch batch = batches.next();
        classifier.logits(batch.images(), batch.size());
      }
    }
  }
}
