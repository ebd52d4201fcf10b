package org.kt4j.engine.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.checkpoint.CheckpointWriter;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.checkpoint.Progress;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.scaling.StepCost;
import org.kt4j.engine.source.Prerequisite;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.Tasks;

/**
 * Measures the training steps of an experiment without training it. Teachers that would be trained
 * first have random weights, with which they compute as much.
 */
@Singleton
public final class StepTimer {

  /** So low that the student stays what it is. */
  private static final double RATE = 1e-6;

  private static final int WARM_UP = 5;
  private static final double SECONDS_OF_WARM_UP = 4;
  private static final int FEWEST = 5;
  private static final int MOST = 60;
  private static final double SECONDS = 3;

  private final Tasks tasks;

  /** Creates a timer for these tasks. */
  @Inject
  public StepTimer(Tasks tasks) {
    this.tasks = tasks;
  }

  /**
   * The steps of an experiment.
   *
   * @param phase of the experiment that was measured: the one with most epochs
   * @param parameters of the student
   * @param exchanged by workers in each step
   * @param cost of a step
   */
  public record Steps(
      PhaseConfig phase, long parameters, DistillationStep.Exchanged exchanged, StepCost cost) {}

  /**
   * Measures.
   *
   * @param sizes the numbers of pictures to measure a step with, one or more
   * @param scratch an empty folder, which the caller removes
   * @param begins receives each size before it is measured
   * @throws ConfigurationException when the experiment does not hold together, or its student is
   *     made out of a network that may still have to be trained, or several workers cannot train it
   */
  public Steps measure(
      ExperimentConfig config, List<Integer> sizes, Path scratch, IntConsumer begins) {
    int phase = longest(config.phases());
    List<StepCost.Taken> taken = new ArrayList<>();
    Optional<Steps> last = Optional.empty();
    for (int size : sizes) {
      begins.accept(size);
      try (PreparedRun prepared = prepared(config, size, scratch)) {
        SharedWork.requireOwnRows(2, prepared.objective());
        try (PhaseTraining training = prepared.open(phase, 0)) {
          taken.add(taken(training, size));
          DistillationStep step = training.distillation();
          last =
              Optional.of(
                  new Steps(
                      config.phases().get(phase),
                      step.student().parameterCount(),
                      step.exchanged(),
                      new StepCost(taken)));
        }
      }
    }
    return last.orElseThrow();
  }

  private static int longest(List<PhaseConfig> phases) {
    List<Integer> epochs = phases.stream().map(PhaseConfig::epochs).toList();
    return epochs.indexOf(Collections.max(epochs));
  }

  private PreparedRun prepared(ExperimentConfig config, int size, Path scratch) {
    if (config.student().prune() != null) {
      throw ConfigurationException.of(
          "student.prune: the student that is made by it is not there to be measured; fix: make it"
              + " with kt prune CONFIG FOLDER, and name it: student: {pruned: FOLDER}");
    }
    ExperimentConfig measured = config.stepsOf(size);
    PreparedRun prepared =
        tasks
            .of(measured)
            .prepare(new RunPlan(measured, scratch.resolve("run"), scratch.resolve("runs")));
    try {
      Trainer.requirePictures(measured, prepared);
      prepared.prerequisites().forEach(needed -> begin(needed, scratch));
      return prepared;
    } catch (RuntimeException | Error e) {
      prepared.close();
      throw e;
    }
  }

  /** Makes a run with a checkpoint of its first weights. */
  private void begin(Prerequisite needed, Path scratch) {
    Checkpoints checkpoints = Checkpoints.of(needed.run());
    if (checkpoints.read(Checkpoints.Which.LAST).isPresent()) {
      return;
    }
    int last = needed.config().phases().size() - 1;
    try (PreparedRun prepared = prepared(needed.config(), needed.config().batchSize(), scratch);
        PhaseTraining training = prepared.open(last, 0)) {
      checkpoints.write(
          new CheckpointWriter(training.graph(), training.distillation().student().all()),
          new Progress(last, 1, 1, 0, 0, 1));
    }
  }

  private static StepCost.Taken taken(PhaseTraining training, int pictures) {
    Iterator<PhaseTraining.Step> steps = endless(training);
    long done = 0;
    long began = System.nanoTime();
    while (done < 2 || (done < WARM_UP && since(began) < SECONDS_OF_WARM_UP)) {
      steps.next().run(RATE, done++);
    }
    double[] seconds = new double[MOST];
    int count = 0;
    double cpu = ThisProcess.cpuSeconds();
    began = System.nanoTime();
    while (count < FEWEST || (count < MOST && since(began) < SECONDS)) {
      long start = System.nanoTime();
      steps.next().run(RATE, done++);
      seconds[count++] = since(start);
    }
    cpu = (ThisProcess.cpuSeconds() - cpu) / count;
    Arrays.sort(seconds, 0, count);
    return new StepCost.Taken(pictures, seconds[count / 2], cpu);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }

  private static Iterator<PhaseTraining.Step> endless(PhaseTraining training) {
    return new Iterator<>() {
      private Iterator<PhaseTraining.Step> epoch = Collections.emptyIterator();
      private int epochs;

      @Override
      public boolean hasNext() {
        return true;
      }

      @Override
      public PhaseTraining.Step next() {
        if (!epoch.hasNext()) {
          epoch = training.epoch(epochs++);
        }
        return epoch.next();
      }
    };
  }
}
