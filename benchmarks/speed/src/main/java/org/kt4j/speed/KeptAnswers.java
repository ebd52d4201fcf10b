package org.kt4j.speed;

import java.util.List;
import org.kt4j.classification.Evaluation;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeLayout;
import org.kt4j.engine.cache.TeacherAnswers;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.imagelevel.FrozenNetwork;

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
      Classes classes = new Classes(teacher, bench.pictures());
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

  /** The class that it sees in each picture. */
  private record Classes(Teacher frozen, ImageDataset pictures) implements TeacherAnswers {

    @Override
    public String teacher() {
      return frozen.source();
    }

    @Override
    public String data() {
      return pictures.name();
    }

    @Override
    public String drawn() {
      return "as they are";
    }

    @Override
    public int count() {
      return pictures.size();
    }

    @Override
    public KnowledgeLayout layout() {
      return new KnowledgeLayout(List.of(new KnowledgeLayout.Part("class", List.of())));
    }

    @Override
    public String fingerprint() {
      return new Fingerprint()
          .add(AugmentedViews.asTheyAre(pictures).fingerprint())
          .add(frozen.fingerprint())
          .add(FrozenNetwork.digest(pictures.shape(), frozen))
          .hex();
    }

    @Override
    public Computation open() {
      FrozenNetwork network = new FrozenNetwork(pictures.shape(), frozen);
      return new Computation() {
        @Override
        public float[] rows(int first, int count) {
          float[] logits = network.logits(pictures, first, count);
          int columns = logits.length / count;
          float[] classes = new float[count];
          for (int i = 0; i < count; i++) {
            classes[i] = Evaluation.largest(logits, i * columns, columns);
          }
          return classes;
        }

        @Override
        public void close() {
          network.close();
        }
      };
    }
  }
}
