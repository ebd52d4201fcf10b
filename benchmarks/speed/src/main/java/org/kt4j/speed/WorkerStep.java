package org.kt4j.speed;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.List;
import java.util.Locale;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.JsonException;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.scaling.LocalProcesses;
import org.kt4j.engine.scaling.StepCost;
import org.kt4j.engine.training.StepTimer;

/**
 * What a worker has measured of its training steps, in a process with one thread.
 *
 * @param taken by a step
 * @param sizes the numbers of each value that is exchanged in it
 */
record WorkerStep(StepCost.Taken taken, List<Long> sizes) {

  /**
   * Lets some workers train a little on this machine.
   *
   * @param workers how many
   * @param pictures of each in a step
   * @param size of the pictures
   * @return for each worker
   */
  static List<WorkerStep> of(int workers, String network, int pictures, int size) {
    int batch = workers * pictures;
    String config =
        String.format(
            Locale.ROOT,
            """
            data: {name: shapes, train: %d, held-out: 32, test: 32, size: %d}
            student: {network: %s}
            batch-size: %d
            phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
            """,
            32 + 8 * batch,
            size,
            network,
            batch);
    return LocalProcesses.outputs(WorkerStep.class, workers, 1, List.of(config)).stream()
        .map(WorkerStep::read)
        .toList();
  }

  private static WorkerStep read(String printed) {
    try {
      return Json.read(printed, WorkerStep.class);
    } catch (JsonException e) {
      throw new IllegalStateException("a worker printed something else: " + printed, e);
    }
  }

  /** One of the workers. */
  public static void main(String[] arguments) {
    LocalProcesses.work(
        arguments, (replicas, given) -> Json.line(measured(replicas, given.get(0))));
  }

  private static WorkerStep measured(Replicas replicas, String yaml) {
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    ExperimentConfig config = injector.getInstance(ExperimentReader.class).parse("worker", yaml);
    try (TemporaryFolder folder = new TemporaryFolder()) {
      StepTimer.Steps steps =
          injector
              .getInstance(StepTimer.class)
              .measure(config, List.of(config.batchSize()), replicas, folder.path(), size -> {});
      return new WorkerStep(steps.cost().measured().get(0), steps.exchanged().sizes());
    }
  }
}
