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
import org.kt4j.engine.replica.Replicas;
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
  private static final double SECONDS_OF_WARM_UP = 2;
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
   * @param preparation seconds from the configuration to the end of the first step, the last time
   */
  public record Steps(
      PhaseConfig phase,
      long parameters,
      DistillationStep.Exchanged exchanged,
      StepCost cost,
      double preparation) {}

  /**
   * Measures.
   *
   * @param sizes the numbers of pictures to measure a step of all workers with, one or more
   * @param replicas the workers, which all measure the same
   * @param scratch an empty folder of this worker, which the caller removes
   * @param begins receives each size before it is measured
   * @throws ConfigurationException when the experiment does not hold together, or its student is
   *     made out of a network that may still have to be trained, or several workers cannot train it
   */
  public Steps measure(
      ExperimentConfig config,
      List<Integer> sizes,
      Replicas replicas,
      Path scratch,
      IntConsumer begins) {
    int phase = longest(config.phases());
    List<StepCost.Taken> taken = new ArrayList<>();
    Optional<Steps> last = Optional.empty();
    for (int size : sizes) {
      begins.accept(size);
      long began = System.nanoTime();
      try (PreparedRun prepared = prepared(config, size, replicas, scratch)) {
        // Where one worker measures, it is to know what several would take.
        SharedWork.requireOwnRows(2, prepared.objective());
        try (PhaseTraining training = prepared.open(phase, 0)) {
          DistillationStep step = training.distillation();
          requireShared(step.exchanged());
          Iterator<PhaseTraining.Step> steps = endless(training);
          seconds(steps, 1);
          double preparation = (System.nanoTime() - began) / 1e9;
          taken.add(taken(steps, size, replicas));
          last =
              Optional.of(
                  new Steps(
                      config.phases().get(phase),
                      step.student().parameterCount(),
                      step.exchanged(),
                      new StepCost(taken),
                      preparation));
        }
      }
    }
    return last.orElseThrow();
  }

  /** What is kept of single pictures has no size that is known before the step. */
  private static void requireShared(DistillationStep.Exchanged exchanged) {
    if (exchanged.sizes().stream().anyMatch(size -> size < 0)) {
      throw ConfigurationException.of(
          "a term of the objective keeps rows for single pictures, which each of several workers"
              + " would have of its own; fix: train with one worker, or leave the term out");
    }
  }

  private static int longest(List<PhaseConfig> phases) {
    List<Integer> epochs = phases.stream().map(PhaseConfig::epochs).toList();
    return epochs.indexOf(Collections.max(epochs));
  }

  private PreparedRun prepared(ExperimentConfig config, int size, Replicas replicas, Path scratch) {
    if (config.student().prune() != null) {
      throw ConfigurationException.of(
          "student.prune: the student that is made by it is not there to be measured; fix: make it"
              + " with kt prune CONFIG FOLDER, and name it: student: {pruned: FOLDER}");
    }
    ExperimentConfig measured = config.stepsOf(size);
    RunPlan plan = new RunPlan(measured, scratch.resolve("run"), scratch.resolve("runs"), replicas);
    PreparedRun prepared = tasks.of(measured).prepare(plan);
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
    try (PreparedRun prepared =
            prepared(needed.config(), needed.config().batchSize(), Replicas.one(), scratch);
        PhaseTraining training = prepared.open(last, 0)) {
      checkpoints.write(
          new CheckpointWriter(training.graph(), training.distillation().student().all()),
          new Progress(last, 1, 1, 0, 0, 1));
    }
  }

  private static StepCost.Taken taken(
      Iterator<PhaseTraining.Step> steps, int pictures, Replicas replicas) {
    double last = seconds(steps, 1)[0];
    int more = replicas.ofFirst(affordable(SECONDS_OF_WARM_UP, last, 1, WARM_UP));
    last = seconds(steps, more)[more - 1];
    int times = replicas.ofFirst(affordable(SECONDS, last, FEWEST, MOST));
    double before = ThisProcess.cpuSeconds();
    double[] seconds = seconds(steps, times);
    double cpu = ThisProcess.cpuSeconds() - before;
    Arrays.sort(seconds);
    return new StepCost.Taken(pictures, seconds[times / 2], cpu / times);
  }

  /** How many steps are done in a time, if not too few or too many. */
  private static int affordable(double seconds, double each, int fewest, int most) {
    return (int) Math.max(fewest, Math.min(seconds / each, most));
  }

  private static double[] seconds(Iterator<PhaseTraining.Step> steps, int times) {
    double[] seconds = new double[times];
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      steps.next().run(RATE, i);
      seconds[i] = (System.nanoTime() - began) / 1e9;
    }
    return seconds;
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
