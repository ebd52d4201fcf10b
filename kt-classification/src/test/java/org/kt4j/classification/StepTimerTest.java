package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.INJECTOR;
import static org.kt4j.classification.SmallRuns.STUDENT;

import com.google.inject.AbstractModule;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.TypeLiteral;
import com.google.inject.multibindings.Multibinder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.api.TermMemory;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.scaling.StepCost;
import org.kt4j.engine.training.StepTimer;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

class StepTimerTest {

  private static final String TWO_PHASES =
      DATA
          + STUDENT
          + "teacher: {config: teacher.yaml}\n"
          + "augmentation: {views: 2}\n"
          + "cache: {folder: cache}\n"
          + "phases:\n"
          + "  - {name: first, epochs: 1, objective: [{term: match}]}\n"
          + "  - {name: second, epochs: 2, objective: [{term: cross-entropy}, {term: match}]}\n";

  @TempDir private Path folder;

  @TempDir private Path scratch;

  private ExperimentConfig config(String yaml) throws IOException {
    Files.writeString(
        folder.resolve("teacher.yaml"),
        DATA
            + STUDENT
            + "phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]\n");
    return INJECTOR
        .getInstance(ExperimentReader.class)
        .read(Files.writeString(folder.resolve("c.yaml"), yaml), Map.of());
  }

  private StepTimer.Steps measured(ExperimentConfig config, Integer... sizes) {
    return INJECTOR
        .getInstance(StepTimer.class)
        .measure(config, List.of(sizes), Replicas.one(), scratch, size -> {});
  }

  @Test
  void a_step_is_measured_though_its_teacher_is_not_trained_yet() throws IOException {
    StepTimer.Steps steps = measured(config(TWO_PHASES), 16, 4);

    assertThat(steps.phase().name()).isEqualTo("second");
    assertThat(steps.cost().measured()).extracting(StepCost.Taken::pictures).containsExactly(16, 4);
    assertThat(steps.cost().measured())
        .allSatisfy(
            taken -> {
              assertThat(taken.seconds()).isPositive();
              assertThat(taken.cpuSeconds()).isPositive();
            });
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(each -> each.getFileName().toString()))
          .containsExactlyInAnyOrder("c.yaml", "teacher.yaml");
    }
  }

  @Test
  void what_workers_would_exchange_is_gradients_statistics_and_losses() throws IOException {
    StepTimer.Steps steps = measured(config(TWO_PHASES), 4);

    // Convolutions 108 + 288 + 864 + 3456, normalisations 8 + 16 + 32 + 64, and 17 for each class.
    assertThat(steps.parameters()).isEqualTo(4836 + 17 * 10);
    // The scale of the term, two statistics of 3 * 4 + 2 * 8 + 2 * 16 channels in seven layers; two
    // terms, the objective and the score.
    assertThat(steps.exchanged().numbers()).isEqualTo(5006 + 1 + 2 * 60 + 4);
    assertThat(steps.exchanged().further()).isEqualTo(14);
  }

  @Test
  void sizes_are_announced_and_one_that_no_epoch_has_is_refused() throws IOException {
    ExperimentConfig config = config(TWO_PHASES);
    List<Integer> announced = new ArrayList<>();

    assertThatThrownBy(
            () ->
                INJECTOR
                    .getInstance(StepTimer.class)
                    .measure(config, List.of(65), Replicas.one(), scratch, announced::add))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("batch-size: 65 is more than the 64 training pictures");
    assertThat(announced).containsExactly(65);
  }

  @Test
  void a_term_that_keeps_rows_for_single_pictures_is_refused_as_several_workers_would_be() {
    Injector injector =
        Guice.createInjector(
            new KtModule(),
            new AbstractModule() {
              @Override
              protected void configure() {
                Multibinder.newSetBinder(
                        binder(), new TypeLiteral<KnowledgeTransferProvider<?>>() {})
                    .addBinding()
                    .to(RememberProvider.class);
              }
            });
    ExperimentConfig config =
        injector
            .getInstance(ExperimentReader.class)
            .parse(
                "test.yaml",
                DATA
                    + STUDENT
                    + "phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}, {term:"
                    + " remember}]}]\n");

    assertThatThrownBy(
            () ->
                injector
                    .getInstance(StepTimer.class)
                    .measure(config, List.of(4), Replicas.one(), scratch, size -> {}))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "a term of the objective keeps rows for single pictures, which each of several workers"
                + " would have of its own; fix: train with one worker, or leave the term out");
  }

  /** Keeps the logits of each picture. */
  static final class RememberProvider implements KnowledgeTransferProvider<RememberProvider.None> {

    record None() {}

    @Override
    public String name() {
      return "remember";
    }

    @Override
    public String summary() {
      return "for tests";
    }

    @Override
    public None defaults() {
      return new None();
    }

    @Override
    public KnowledgeTransfer create(None options) {
      return new KnowledgeTransfer() {
        @Override
        public Taps taps(TapShapes teacher, TapShapes student) {
          return new Taps(List.of(), List.of(Taps.LOGITS));
        }

        @Override
        public Knowledge teach(Ops tf, TeacherSide side) {
          return Knowledge.none();
        }

        @Override
        public Operand<TFloat32> loss(Ops tf, StudentSide side, Knowledge knowledge) {
          TermMemory kept =
              side.memory("kept", Shape.of(side.pictureCount(), 10), StudentSide.Initial.ZEROS);
          kept.writeRows(side.pictures(), side.activation(Taps.LOGITS));
          return tf.math.mean(
              tf.math.squaredDifference(side.activation(Taps.LOGITS), kept.rows(side.pictures())),
              tf.array(0, 1));
        }
      };
    }
  }
}
