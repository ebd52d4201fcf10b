package org.kt4j.speed;

import java.util.List;
import org.kt4j.classification.ClassifierAnswers;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.engine.teacher.Teacher;

/**
 * What a teacher says of the test pictures from a filled cache, beside asking it; both from nothing
 * loaded, as each run of a comparison does it.
 */
final class KeptAnswers implements Section {

  private static final int LARGEST_ROUNDS = 5;

  @Override
  public String name() {
    return "answers";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int rounds = Math.min(LARGEST_ROUNDS, settings.rounds());
    double[] asked = new double[rounds];
    double[] kept = new double[rounds];
    try (TemporaryFolder folder = new TemporaryFolder();
        Teacher teacher = bench.teacher(settings.teacher())) {
      KnowledgeCache cache = new KnowledgeCache(folder.path());
      TeacherPlan plan =
          new TeacherPlan("teacher", "teacher", 1, true, LogitsAre.LOGITS, teacher, null);
      ClassifierAnswers classes = new ClassifierAnswers(List.of(plan), bench.pictures());
      classes.computed(Replicas.one());
      cache.answers(classes);
      for (int round = 0; round < rounds; round++) {
        long began = System.nanoTime();
        classes.computed(Replicas.one());
        asked[round] = (System.nanoTime() - began) / 1e9;
        began = System.nanoTime();
        cache.answers(classes);
        kept[round] = (System.nanoTime() - began) / 1e9;
      }
    }
    Samples live = new Samples(asked);
    Samples stored = new Samples(kept);
    return Outcome.of(
        Figure.of(name(), settings.teacher() + " asked", "s", live)
            .noting(bench.pictures().size() + " pictures, with loading it"),
        Figure.of(name(), "kept answers", "s", stored)
            .noting("with its graph and the hashing of weights and pictures"),
        Figure.of(name(), "kept answers over asking", "", stored.over(live))
            .wanted(Figure.Target.atMost(0.2)));
  }
}
