package org.kt4j.speed;

import java.util.List;
import org.kt4j.data.Batch;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * A step of NST and KD with a live teacher beside what it is made of: the student's step and the
 * teacher's forward pass of the same pictures, each alone in a graph of its own.
 */
final class Distillation implements Section {

  @Override
  public String name() {
    return "distillation";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    Teacher teacher = bench.teacher(settings.teacher());
    try (NetworkGraph distilling = bench.distilling(settings.student(), teacher);
        NetworkGraph alone = bench.alone(settings.student());
        FrozenNetwork forward = bench.forward(teacher);
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      check(distilling, alone, batch);
      List<Samples> seconds =
          bench
              .rounds()
              .seconds(
                  () -> distilling.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> alone.step(batch, Workbench.LEARNING_RATE, 0),
                  () -> forward.logits(batch.images(), batch.size()));
      Samples both = seconds.get(0);
      Samples step = seconds.get(1);
      Samples pass = seconds.get(2);
      return Outcome.of(
          Figure.of(name(), settings.student() + " step alone", "ms", step.map(s -> 1e3 * s)),
          Figure.of(name(), settings.teacher() + " forward alone", "ms", pass.map(s -> 1e3 * s)),
          Figure.of(name(), "NST and KD step", "ms", both.map(s -> 1e3 * s))
              .noting(bench.objective()),
          Figure.of(name(), "step over the sum of both alone", "", both.over(step.plus(pass)))
              .wanted(Figure.Target.atMost(1.08)));
    }
  }

  /** Before any update the two students are one network: the same seed, the same cross-entropy. */
  private static void check(NetworkGraph distilling, NetworkGraph alone, Batch batch) {
    StepReport with = distilling.step(batch, Workbench.LEARNING_RATE, 0);
    float without = alone.step(batch, Workbench.LEARNING_RATE, 0).terms()[0];
    // Two graphs may add in another order.
    if (!(Math.abs(with.terms()[0] - without) <= 1e-4 * without)
        || !Float.isFinite(with.objective())) {
      throw new IllegalStateException(
          "cross-entropy is "
              + with.terms()[0]
              + " beside a teacher and "
              + without
              + " alone; the objective is "
              + with.objective());
    }
  }
}
