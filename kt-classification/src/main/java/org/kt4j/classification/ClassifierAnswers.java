package org.kt4j.classification;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.cache.KnowledgeLayout;
import org.kt4j.engine.cache.TeacherAnswers;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.FrozenNetworks;
import org.kt4j.imagelevel.LogitFunction;

/**
 * The class that teachers, asked as one, see in each picture, and whether their logits were
 * numbers.
 *
 * @param plans of the teachers
 * @param pictures that they are asked about
 * @param check sees each teacher that is loaded before it is asked
 */
public record ClassifierAnswers(
    List<TeacherPlan> plans, ImageDataset pictures, Consumer<LogitFunction> check)
    implements TeacherAnswers {

  private static final KnowledgeLayout LAYOUT =
      new KnowledgeLayout(
          List.of(
              new KnowledgeLayout.Part("class", List.of()),
              new KnowledgeLayout.Part("finite", List.of())));

  /** Copies the list. */
  public ClassifierAnswers {
    plans = List.copyOf(plans);
  }

  /** Of teachers that were checked before. */
  public ClassifierAnswers(List<TeacherPlan> plans, ImageDataset pictures) {
    this(plans, pictures, teacher -> {});
  }

  /**
   * The answers again.
   *
   * @param classes of the pictures, in their order
   * @param finite whether all logits were
   */
  @SuppressWarnings("ArrayRecordComponent") // not compared and never handed on changed
  record Given(int[] classes, boolean finite) {

    /** From the rows of all pictures. */
    static Given of(float[] rows) {
      int[] classes = new int[rows.length / 2];
      boolean finite = true;
      for (int i = 0; i < classes.length; i++) {
        classes[i] = (int) rows[2 * i];
        finite &= rows[2 * i + 1] == 1;
      }
      return new Given(classes, finite);
    }
  }

  @Override
  public String teacher() {
    return plans.stream().map(plan -> plan.teacher().source()).collect(Collectors.joining(", "));
  }

  @Override
  public String data() {
    return pictures.name();
  }

  @Override
  public String drawn() {
    return AugmentedViews.asTheyAre(pictures).drawn();
  }

  @Override
  public int count() {
    return pictures.size();
  }

  @Override
  public KnowledgeLayout layout() {
    return LAYOUT;
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint =
        new Fingerprint().add(AugmentedViews.asTheyAre(pictures).fingerprint());
    for (TeacherPlan plan : plans) {
      // What it is said to give decides what is checked.
      fingerprint
          .add(plan.weight())
          .add(String.valueOf(plan.logitsAre()))
          .add(plan.teacher().fingerprint())
          .add(FrozenNetwork.digest(pictures.shape(), plan.teacher()));
    }
    return fingerprint.hex();
  }

  @Override
  public Computation open() {
    FrozenNetworks networks = FrozenNetworks.of(pictures.shape(), plans);
    try {
      networks.members().forEach(check);
    } catch (RuntimeException | Error e) {
      networks.close();
      throw e;
    }
    return new Asked(networks, new Ensemble(networks.members(), networks.shares()), pictures);
  }

  private record Asked(FrozenNetworks networks, LogitFunction together, ImageDataset pictures)
      implements Computation {

    @Override
    public float[] rows(int first, int count) {
      float[] logits = together.logits(pictures, first, count);
      int columns = logits.length / count;
      float[] rows = new float[2 * count];
      for (int i = 0; i < count; i++) {
        rows[2 * i] = Evaluation.largest(logits, i * columns, columns);
        rows[2 * i + 1] = isFinite(logits, i * columns, columns) ? 1 : 0;
      }
      return rows;
    }

    private static boolean isFinite(float[] logits, int from, int count) {
      for (int k = from; k < from + count; k++) {
        if (!Float.isFinite(logits[k])) {
          return false;
        }
      }
      return true;
    }

    @Override
    public void close() {
      networks.close();
    }
  }
}
