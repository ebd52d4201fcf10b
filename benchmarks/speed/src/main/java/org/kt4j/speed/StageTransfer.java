package org.kt4j.speed;

import java.util.List;
import org.kt4j.data.Batch;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * What a term costs on top of a training step in which the teacher is live anyway: each against the
 * same step with cross-entropy and KD, on all three stages.
 */
final class StageTransfer implements Section {

  @Override
  public String name() {
    return "stages";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    Teacher teacher = bench.teacher(settings.teacher());
    try (NetworkGraph kd = bench.learning(settings.student(), teacher, "kd");
        NetworkGraph nst = bench.learning(settings.student(), teacher, "kd", "nst");
        NetworkGraph attention = bench.learning(settings.student(), teacher, "kd", "attention");
        NetworkGraph hints = bench.learning(settings.student(), teacher, "kd", "fitnets");
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      List<Samples> seconds =
          bench
              .rounds()
              .seconds(
                  () -> kd.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> nst.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> attention.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> hints.step(batch, Workbench.LEARNING_RATE, 0));
      Samples without = seconds.get(0);
      String subject = settings.student() + " of " + settings.teacher();
      return Outcome.of(
          Figure.of(name(), "step with cross-entropy and kd", "ms", without.map(s -> 1e3 * s))
              .noting(subject),
          Figure.of(name(), "nst on three stages adds", "%", added(seconds.get(1), without))
              .wanted(Figure.Target.atMost(8)),
          Figure.of(name(), "attention on three stages adds", "%", added(seconds.get(2), without)),
          Figure.of(
              name(), "fitnets on the middle stage adds", "%", added(seconds.get(3), without)));
    }
  }

  private static Samples added(Samples with, Samples without) {
    return with.over(without).map(ratio -> 100 * (ratio - 1));
  }
}
