package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.checkpoint.Checkpoint;
import org.kt4j.engine.checkpoint.CheckpointWriter;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.checkpoint.Progress;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.ScheduleConfig;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.mask.Curvature;
import org.kt4j.engine.mask.Masking;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.run.EpochMetrics;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunFolderException;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.run.TaskFacts;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.source.StartingPoint;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.task.HeldOutScores;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.TestScores;
import org.kt4j.engine.task.TrainingListener;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** The training of one run, from its last checkpoint to its end. */
final class Run {

  private final ExperimentConfig config;
  private final Metric metric;
  private final List<String> labelTerms;
  private final PreparedRun prepared;
  private final @Nullable StartingPoint start;
  private final @Nullable Masking masking;
  private final Replicas replicas;
  private final RunFolder folder;
  private final Checkpoints checkpoints;
  private final TrainingListener listener;
  private final int stepsPerEpoch;
  private final long began;
  private double secondsBefore;
  private long parameters;
  private long flops;

  Run(
      ExperimentConfig config,
      TaskFacts task,
      PreparedRun prepared,
      @Nullable StartingPoint start,
      @Nullable Masking masking,
      Replicas replicas,
      double secondsOfChecks,
      RunFolder folder,
      TrainingListener listener) {
    this.config = config;
    this.metric = task.metric();
    this.labelTerms = task.labelTerms();
    this.prepared = prepared;
    this.start = start;
    this.masking = masking;
    this.replicas = replicas;
    this.folder = folder;
    this.checkpoints = Checkpoints.of(folder.path());
    this.listener = listener;
    this.stepsPerEpoch = prepared.trainingPictures() / config.batchSize();
    this.began = System.nanoTime();
    this.secondsBefore = secondsOfChecks;
  }

  RunResult toTheEnd() {
    Optional<Checkpoint> saved = checkpoints.resumed();
    Progress progress = saved.map(Checkpoint::progress).orElseGet(Progress::start);
    List<EpochMetrics> metrics = new ArrayList<>(RunFolder.metrics(folder.path()));
    int done = progress.epoch();
    requireEpochs(metrics.size(), done);
    if (done > 0) {
      Checkpoints.requireOf(folder.path(), metrics, progress);
    }
    metrics.removeIf(line -> line.epoch() > done);
    folder.metrics(metrics);
    if (done == 0) {
      folder.forgetEvents();
    }
    if (!metrics.isEmpty()) {
      secondsBefore += metrics.get(metrics.size() - 1).elapsedSeconds();
    }
    folder.requireEventsFolder();
    try (RunEvents events = new RunEvents(folder.path(), progress.step(), metric)) {
      return toTheEnd(saved, progress, metrics, events);
    }
  }

  /** A kill can leave one line more than there are epochs in the checkpoint, and no line less. */
  private void requireEpochs(int lines, int done) {
    if (lines < done || (done == 0 && lines > 1)) {
      throw new RunFolderException(
          folder.path()
              + ": metrics.jsonl tells of "
              + lines
              + " epochs, the last checkpoint of "
              + done
              + "; files of the run are missing. Fix: restore them from a copy, or start over with"
              + " --overwrite");
    }
  }

  private double elapsed() {
    return secondsBefore + (System.nanoTime() - began) / 1e9;
  }

  private RunResult toTheEnd(
      Optional<Checkpoint> found, Progress start, List<EpochMetrics> metrics, RunEvents events) {
    Optional<Checkpoint> saved = found;
    Progress progress = start;
    boolean announced = false;
    for (int p = progress.phase(); p < config.phases().size(); p++) {
      if (p > progress.phase()) {
        progress = nextPhase(progress, p);
        saved = checkpoints.read(Checkpoints.Which.LAST);
      }
      PhaseConfig phase = config.phases().get(p);
      long firstStep = (long) epochsBefore(p) * stepsPerEpoch;
      try (PhaseTraining training = prepared.open(p, firstStep)) {
        DistillationStep distillation = training.distillation();
        boolean resumed = progress.epochOfPhase() > 0;
        if (saved.isPresent()) {
          restore(training, saved.get(), resumed);
        } else {
          begin(training);
        }
        Agreement.requireSameWeights(replicas, training);
        parameters = distillation.student().parameterCount();
        flops = training.studentFlopsPerImage();
        if (!announced) {
          announced = true;
          listener.started(
              new TrainingListener.Start(
                  folder.path(),
                  config.student().network(),
                  parameters,
                  config.epochs(),
                  progress.epoch(),
                  metric));
        }
        progress = phase(p, phase, training, progress, firstStep, metrics, events);
      }
    }
    RunResult result = result(metrics, progress);
    events.result(progress.step(), result);
    folder.result(result);
    return result;
  }

  private static Progress nextPhase(Progress progress, int phase) {
    return new Progress(
        phase, 0, progress.epoch(), progress.step(), progress.bestScore(), progress.bestEpoch());
  }

  private int epochsBefore(int phase) {
    return config.phases().subList(0, phase).stream().mapToInt(PhaseConfig::epochs).sum();
  }

  /**
   * The optimizer's slots belong to one phase. Weights are kept from phase to phase, those of a
   * term if they fit the term of the same name.
   */
  private void begin(PhaseTraining training) {
    if (start != null) {
      Variables student = training.distillation().student();
      StartingPoint.Begun begun = start.of(student);
      training.graph().assign(begun.values());
      listener.begins(start.source(), begun.values().size(), student.all().size());
      if (begun.head() != null) {
        listener.beginsSo(begun.head());
      }
    }
  }

  private static void restore(PhaseTraining training, Checkpoint checkpoint, boolean samePhase) {
    DistillationStep distillation = training.distillation();
    List<Variable> variables = new ArrayList<>(distillation.student().all());
    variables.addAll(distillation.masks().variables().all());
    if (samePhase) {
      variables.addAll(distillation.auxiliary().all());
      variables.addAll(distillation.slots().all());
    } else {
      distillation.auxiliary().all().stream().filter(checkpoint::fits).forEach(variables::add);
    }
    training.graph().assign(samePhase ? checkpoint.complete(variables) : checkpoint.of(variables));
  }

  private Progress phase(
      int index,
      PhaseConfig phase,
      PhaseTraining training,
      Progress from,
      long firstStep,
      List<EpochMetrics> metrics,
      RunEvents events) {
    ScheduleConfig schedule = config.schedule(index);
    double base = config.optimizer(index).learningRate();
    DistillationStep distillation = training.distillation();
    CheckpointWriter writer =
        new CheckpointWriter(
            training.graph(),
            Stream.of(
                    distillation.student(),
                    distillation.auxiliary(),
                    distillation.slots(),
                    distillation.masks().variables())
                .flatMap(set -> set.all().stream())
                .toList());
    Curvature curvature = curvature(training);
    Progress progress = from;
    GradientWatch gradients =
        new GradientWatch(training, prepared.objective().get(index), phase.name());
    if (progress.epochOfPhase() == 0) {
      gradients.measureWeights(labelTerms, progress.step(), listener);
    }
    while (progress.epochOfPhase() < phase.epochs()) {
      EpochMeter meter =
          new EpochMeter(
              phase.name(),
              prepared.objective().get(index).stream().map(Term::label).toList(),
              progress.epoch() + 1,
              config.epochs(),
              stepsPerEpoch,
              config.batchSize(),
              listener);
      Iterator<PhaseTraining.Step> epoch = training.epoch(progress.epoch());
      long step = progress.step();
      double rate = base;
      while (epoch.hasNext()) {
        if (masking != null) {
          masking.before(step, distillation.masks(), curvature, listener::masks);
        }
        rate = base * schedule.factor(step - firstStep, stepsPerEpoch, phase.epochs());
        meter.add(epoch.next().run(rate, step), step);
        step++;
      }
      meter.stop();
      TermGradients pulls = gradients.after(progress.step(), step);
      Agreement.requireSameWeights(replicas, training);
      HeldOutScores scores = evaluated(training, phase, progress);
      EpochMetrics line =
          meter.metrics(step, rate, scores, distillation.weights(step), pulls, elapsed());
      boolean best =
          progress.bestEpoch() < firstWholeEpoch()
              || metric.isBetter(scores.score(), progress.bestScore());
      progress =
          new Progress(
              index,
              progress.epochOfPhase() + 1,
              progress.epoch() + 1,
              step,
              best ? scores.score() : progress.bestScore(),
              best ? progress.epoch() + 1 : progress.bestEpoch());
      metrics.add(line);
      folder.add(line);
      checkpoints.write(writer, progress);
      events.epoch(line);
      listener.epochDone(line, config.epochs(), best);
    }
    return progress;
  }

  private @Nullable Curvature curvature(PhaseTraining training) {
    ImageDataset pictures = prepared.picturesOfClasses();
    Operand<TFloat32> logits = training.logits();
    return masking == null
            || masking.criterion().pictures() == 0
            || pictures == null
            || logits == null
        ? null
        : new Curvature(training.graph(), logits, pictures, config.seed());
  }

  /** Before it, a better score would be that of a student with more weights than were asked for. */
  private int firstWholeEpoch() {
    return masking == null ? 1 : masking.firstWholeEpoch();
  }

  private static HeldOutScores evaluated(
      PhaseTraining training, PhaseConfig phase, Progress progress) {
    try {
      HeldOutScores scores = training.evaluate();
      if (!Double.isFinite(scores.score())) {
        throw new TrainingException("the student's score on the held-out pictures is not finite");
      }
      return scores;
    } catch (TrainingException e) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "phase '%s', epoch %d: %s; the last checkpoint is untouched. Lower the learning rate "
                  + "or set optimizer.clip-norm",
              phase.name(),
              progress.epoch() + 1,
              e.getMessage()),
          e);
    }
  }

  private RunResult result(List<EpochMetrics> metrics, Progress progress) {
    TestScores test = prepared.test(folder, progress.bestEpoch() == progress.epoch());
    OptionalLong peak = PeakMemory.bytes();
    double heldOutLast = metrics.get(metrics.size() - 1).heldOutScore();
    return new RunResult(
        progress.epoch(),
        test.last(),
        test.best(),
        progress.bestEpoch(),
        heldOutLast,
        progress.bestScore(),
        test.teacher(),
        test.agreement(),
        parameters,
        flops,
        metrics.stream().mapToDouble(EpochMetrics::seconds).sum(),
        elapsed(),
        peak.isPresent() ? peak.getAsLong() : null,
        test.classes(),
        prepared.pictures(),
        metric);
  }

  /**
   * Accumulates the values of one epoch, reports steps to the listener, and throws at a value that
   * is no number.
   */
  private static final class EpochMeter {

    private final String phase;
    private final List<String> labels;
    private final int epoch;
    private final int epochs;
    private final int steps;
    private final int batchSize;
    private final TrainingListener listener;
    private final double[] termSums;
    private double objectiveSum;
    private double scoreSum;
    private int done;
    private @Nullable StepReport before;
    private final long began = System.nanoTime();
    private double seconds;

    EpochMeter(
        String phase,
        List<String> labels,
        int epoch,
        int epochs,
        int steps,
        int batchSize,
        TrainingListener listener) {
      this.phase = phase;
      this.labels = labels;
      this.epoch = epoch;
      this.epochs = epochs;
      this.steps = steps;
      this.batchSize = batchSize;
      this.listener = listener;
      this.termSums = new double[labels.size()];
    }

    void add(StepReport report, long step) {
      requireFinite(report, step);
      before = report;
      done++;
      for (int t = 0; t < termSums.length; t++) {
        termSums[t] += report.terms()[t];
      }
      objectiveSum += report.objective();
      scoreSum += report.score();
      listener.stepDone(
          new TrainingListener.StepDone(
              phase,
              epoch,
              epochs,
              done,
              steps,
              (long) done * batchSize,
              (System.nanoTime() - began) / 1e9,
              labels,
              means()));
    }

    private List<Double> means() {
      List<Double> means = new ArrayList<>(termSums.length);
      for (double sum : termSums) {
        means.add(sum / done);
      }
      return means;
    }

    private void requireFinite(StepReport report, long step) {
      for (int t = 0; t < labels.size(); t++) {
        if (!Float.isFinite(report.terms()[t])) {
          throw new TrainingException(
              String.format(
                  Locale.ROOT,
                  "phase '%s', epoch %d, step %d: term '%s' is %s; the step before: %s. The last "
                      + "checkpoint is untouched. %s",
                  phase,
                  epoch,
                  step + 1,
                  labels.get(t),
                  report.terms()[t],
                  before == null ? "none" : values(before),
                  report.teachersFault() == null
                      ? "Lower the learning rate or the term's weight, or set optimizer.clip-norm"
                      : "The teacher is the cause: " + report.teachersFault()));
        }
      }
    }

    private String values(StepReport report) {
      StringBuilder text = new StringBuilder();
      for (int t = 0; t < labels.size(); t++) {
        text.append(t == 0 ? "" : ", ").append(labels.get(t)).append(' ').append(report.terms()[t]);
      }
      return text.toString();
    }

    void stop() {
      seconds = (System.nanoTime() - began) / 1e9;
    }

    EpochMetrics metrics(
        long step,
        double rate,
        HeldOutScores scores,
        Map<String, Double> weights,
        @Nullable TermGradients gradients,
        double elapsed) {
      Map<String, Double> terms = new LinkedHashMap<>();
      List<Double> means = means();
      for (int t = 0; t < labels.size(); t++) {
        terms.put(labels.get(t), means.get(t));
      }
      return new EpochMetrics(
          epoch,
          phase,
          step,
          rate,
          terms,
          objectiveSum / done,
          Double.isNaN(scoreSum) ? null : scoreSum / done,
          scores.score(),
          scores.further(),
          scores.agreement(),
          done * batchSize / seconds,
          seconds,
          elapsed,
          weights,
          gradients);
    }
  }
}
