package org.kt4j.engine.draft;

import com.google.inject.Inject;
import com.google.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.training.StepTimer;

/** Measures the steps of configurations before they are written where they belong. */
@Singleton
public final class DraftTimer {

  private final ExperimentReader reader;
  private final StepTimer timer;

  /** Creates a timer. */
  @Inject
  public DraftTimer(ExperimentReader reader, StepTimer timer) {
    this.reader = reader;
    this.timer = timer;
  }

  /**
   * Measures. Nothing is trained.
   *
   * @param files a folder with the files of {@link DraftFiles}
   * @param plan that they are of
   * @param scratch an empty folder, which the caller removes
   * @param begins receives the name of each file before its step is measured
   * @throws org.kt4j.config.ConfigurationException when a configuration does not hold together
   * @throws org.kt4j.data.DataException when the data cannot be read
   */
  public DraftTimes measure(Path files, DraftPlan plan, Path scratch, Consumer<String> begins) {
    boolean trained = plan.teacher() == null;
    StepTimer.Steps alone = steps(files, DraftFiles.ALONE, scratch, begins);
    StepTimer.Steps taught = steps(files, DraftFiles.taught(plan), scratch, begins);
    int batch = plan.recipe().batchSize();
    if (!trained) {
      return new DraftTimes(
          0, alone.cost().seconds(batch), taught.cost().seconds(batch), 0, alone.preparation());
    }
    StepTimer.Steps teacher = steps(files, DraftFiles.TEACHER, scratch, begins);
    return new DraftTimes(
        teacher.cost().seconds(batch),
        alone.cost().seconds(batch),
        taught.cost().seconds(batch),
        teacher.preparation(),
        alone.preparation());
  }

  private StepTimer.Steps steps(Path files, String file, Path scratch, Consumer<String> begins) {
    ExperimentConfig config = reader.read(files.resolve(file), Map.of());
    begins.accept(file);
    return timer.measure(
        config, List.of(config.batchSize()), Replicas.one(), scratch.resolve(file), size -> {});
  }
}
