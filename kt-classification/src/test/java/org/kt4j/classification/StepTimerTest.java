package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kt4j.classification.SmallRuns.DATA;
import static org.kt4j.classification.SmallRuns.INJECTOR;
import static org.kt4j.classification.SmallRuns.STUDENT;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.scaling.StepCost;
import org.kt4j.engine.training.StepTimer;

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
    assertThat(steps.exchanged().statistics()).isEqualTo(14);
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
}
