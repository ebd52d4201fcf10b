package org.kt4j.speed;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.data.Batch;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * What each method costs on top of a training step with cross-entropy and KD. The teacher is live,
 * as small as there is, and in both steps.
 */
final class MethodTransfer implements Section {

  /** What a method may take that has no network and no memory of its own. */
  private static final double TARGET = 1.10;

  /** Keeps the student of an untrained teacher finite; the work is that of any weight. */
  private static final String WEIGHT = ", weight: 1e-6";

  @Override
  public String name() {
    return "methods";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    List<String> terms =
        settings.quick() ? List.of(LossMethods.ON_STEPS.get(0), "crd") : LossMethods.ON_STEPS;
    List<Figure> figures = new ArrayList<>();
    try (NetworkGraph kd = learning(bench, "kd");
        Batches batches = new Batches(bench.stream())) {
      Batch batch = batches.next();
      for (String term : terms) {
        try (NetworkGraph with = learning(bench, "kd", term + WEIGHT)) {
          List<Samples> seconds =
              bench
                  .rounds()
                  .seconds(
                      () -> kd.step(batch, Workbench.LEARNING_RATE, 0),
                      () -> with.step(batch, Workbench.LEARNING_RATE, 0));
          if (figures.isEmpty()) {
            figures.add(
                Figure.of(
                        name(),
                        "step with cross-entropy and kd",
                        "ms",
                        seconds.get(0).map(s -> 1e3 * s))
                    .noting(settings.student() + " of a live " + settings.smallStudent()));
          }
          figures.add(ratio(LossMethods.nameOf(term), seconds.get(1).over(seconds.get(0))));
        }
      }
    }
    return Outcome.of(figures.toArray(Figure[]::new));
  }

  private NetworkGraph learning(Workbench bench, String... terms) {
    Settings settings = bench.settings();
    Teacher teacher = bench.teacher(settings.smallStudent());
    return bench.learning(settings.student(), teacher, terms);
  }

  private Figure ratio(String method, Samples ratio) {
    Figure figure = Figure.of(name(), "step with " + method + " on top over that", "", ratio);
    return LossMethods.LARGE.contains(method)
        ? figure.noting("trains a network or keeps a memory of its own")
        : figure.wanted(Figure.Target.atMost(TARGET));
  }
}
