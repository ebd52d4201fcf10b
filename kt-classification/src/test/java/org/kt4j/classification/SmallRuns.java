package org.kt4j.classification;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kt4j.api.Description;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.training.Trainer;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Whole runs, small: 96 pictures of 16x16, a ResNet-8 of width 4, a method for tests. */
public final class SmallRuns {

  public static final String DATA =
      "data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}\n";
  public static final String STUDENT = "student: {network: resnet-8, width: 4}\nbatch-size: 16\n";

  public static final Injector INJECTOR =
      Guice.createInjector(
          new KtModule(),
          new AbstractModule() {
            @Override
            protected void configure() {
              Multibinder.newSetBinder(binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
                  .addBinding()
                  .to(MatchProvider.class);
            }
          });
  public static final Trainer TRAINER = INJECTOR.getInstance(Trainer.class);
  public static final ClassifierFactory CLASSIFIERS = INJECTOR.getInstance(ClassifierFactory.class);
  public static final ClassificationTask TASK = INJECTOR.getInstance(ClassificationTask.class);

  private SmallRuns() {}

  public static ExperimentConfig parse(String yaml) {
    return INJECTOR.getInstance(ExperimentReader.class).parse("test.yaml", yaml);
  }

  /** Trains a student on labels alone, for an epoch. */
  public static void trainTeacher(Path run, int seed) {
    String yaml =
        DATA
            + STUDENT
            + "phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]\n"
            + "seed: "
            + seed;
    TRAINER.train(new RunPlan(parse(yaml), run, run), TrainingListener.SILENT);
  }

  /**
   * Squared distance of the logits, with an auxiliary scale: what a stranger's method looks like.
   */
  public static final class MatchProvider
      implements KnowledgeTransferProvider<MatchProvider.Options> {

    /** What to do wrong on purpose. */
    public record Options(
        @Description("the tap of both") String tap,
        @Description("multiplies the loss; negative for one without a gradient") double factor) {}

    @Override
    public String name() {
      return "match";
    }

    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public Options defaults() {
      return new Options(Taps.LOGITS, 1);
    }

    @Override
    public KnowledgeTransfer create(Options options) {
      return new KnowledgeTransfer() {
        @Override
        public Taps taps(TapShapes teacher, TapShapes student) {
          return new Taps(List.of(options.tap()), List.of(options.tap()));
        }

        @Override
        public Knowledge teach(Ops tf, TeacherSide side) {
          return Knowledge.of("logits", side.activation(options.tap()));
        }

        @Override
        public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
          Operand<TFloat32> scale =
              student.auxiliary(
                  "scale", org.tensorflow.ndarray.Shape.of(1), StudentSide.Initial.ONES);
          Operand<TFloat32> own = tf.math.mul(student.activation(options.tap()), scale);
          if (options.factor() < 0) {
            return tf.math.mean(tf.onesLike(own), tf.array(0, 1));
          }
          return tf.math.mul(
              tf.math.mean(tf.math.squaredDifference(own, knowledge.get("logits")), tf.array(0, 1)),
              tf.constant((float) options.factor()));
        }
      };
    }
  }

  /** Stops a training as Ctrl-C would, after so many steps. */
  public static final class Stop implements TrainingListener {

    private int left;

    /** Lets so many steps be. */
    public Stop(int steps) {
      left = steps;
    }

    @Override
    public void stepDone(StepDone step) {
      if (left-- == 0) {
        throw new IllegalStateException("stopped by the test");
      }
    }
  }

  /** All of a run's metrics but the time. */
  static List<String> numbers(Path run) {
    return RunFolder.metrics(run).stream()
        .map(
            m ->
                List.of(
                        m.epoch(),
                        m.phase(),
                        m.steps(),
                        m.learningRate(),
                        m.terms(),
                        m.objective(),
                        String.valueOf(m.trainScore()),
                        m.heldOutScore(),
                        m.heldOut(),
                        String.valueOf(m.agreement()))
                    .toString())
        .toList();
  }

  /** All that a run's last checkpoint holds. */
  static Map<String, List<Float>> values(Path run) {
    Map<String, List<Float>> values = new TreeMap<>();
    Checkpoints.of(run)
        .read(Checkpoints.Which.LAST)
        .orElseThrow()
        .values()
        .forEach(
            (path, saved) -> {
              List<Float> numbers = new ArrayList<>();
              for (float number : saved.numbers()) {
                numbers.add(number);
              }
              values.put(path, numbers);
            });
    return values;
  }
}
