package org.kt4j.speed;

import org.kt4j.data.Batch;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * What a training loop spends outside {@code Session.run}, measured where it happens: the graph
 * adds up the time inside, and everything else of the loop is outside: waiting for the next batch,
 * making tensors, reading the losses.
 *
 * <p>The thread that assembles batches also takes cycles from the session on a small machine. The
 * share does not show that, so the same steps are timed on one batch that is there already.
 */
final class LoopOverhead implements Section {

  /** More than a stream holds ready, so that the timed steps meet the assembling thread at work. */
  private static final int UNTIMED = 6;

  @Override
  public String name() {
    return "overhead";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int rounds = settings.rounds();
    double[] looped = new double[rounds];
    double[] inside = new double[rounds];
    double[] still = new double[rounds];
    try (NetworkGraph graph = bench.alone(settings.student());
        Batches batches = new Batches(bench.stream())) {
      Batch same = batches.next();
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < UNTIMED; i++) {
          graph.step(batches.next(), Workbench.LEARNING_RATE, i);
        }
        long insideBefore = graph.nanosInSession();
        long began = System.nanoTime();
        for (int i = 0; i < settings.loopSteps(); i++) {
          graph.step(batches.next(), Workbench.LEARNING_RATE, i);
        }
        looped[round] = perStep(System.nanoTime() - began, settings);
        inside[round] = perStep(graph.nanosInSession() - insideBefore, settings);
        for (int i = 0; i < UNTIMED; i++) {
          graph.step(same, Workbench.LEARNING_RATE, i);
        }
        began = System.nanoTime();
        for (int i = 0; i < settings.loopSteps(); i++) {
          graph.step(same, Workbench.LEARNING_RATE, i);
        }
        still[round] = perStep(System.nanoTime() - began, settings);
      }
    }
    Samples loop = new Samples(looped);
    return Outcome.of(
        Figure.of(name(), settings.student() + " step in the loop", "ms", loop)
            .noting("shapes, padded crop and flip, assembled ahead"),
        Figure.of(
                name(),
                "outside Session.run",
                "%",
                new Samples(inside).over(loop).map(share -> 100 * (1 - share)))
            .wanted(Figure.Target.atMost(3)),
        Figure.of(name(), "loop over the same batch again", "", loop.over(new Samples(still)))
            .noting("1 + what the assembling thread takes from the session"));
  }

  private static double perStep(long nanos, Settings settings) {
    return nanos / 1e6 / settings.loopSteps();
  }
}
