package org.kt4j.imagelevel;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.kt4j.data.BatchStream;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.cache.AugmentedViews;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.cache.TeacherAnswers;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.source.Prerequisite;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.task.HeldOutScores;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.RunObjective;
import org.kt4j.engine.task.TrainingListener;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * The run of a student that is one network on whole pictures. A task says how it learns from labels
 * and how good it is.
 */
public abstract class NetworkRun implements PreparedRun {

  /**
   * The parts of a run.
   *
   * @param config of the run
   * @param replication the workers that train it
   * @param data that the student learns from
   * @param student its network
   * @param normalization of its input
   * @param supervision its labels
   * @param teachers closed with the run, and also if its construction fails
   */
  public record Parts(
      ExperimentConfig config,
      Replication replication,
      DataSplits data,
      Network student,
      Normalization normalization,
      Supervision supervision,
      Teachers teachers) {}

  /** Pictures of each part whose pixels are compared between workers. */
  private static final int DIGESTED = 500;

  private final Parts parts;
  private final RunObjective objective;

  /**
   * Checks everything that can be checked before the teachers are trained.
   *
   * @param terms creates terms from their configuration
   * @throws org.kt4j.config.ConfigurationException when the configuration does not hold together
   */
  protected NetworkRun(Parts parts, ObjectiveTerms terms) {
    this.parts = parts;
    try {
      this.objective =
          new RunObjective(
              terms,
              parts.config(),
              parts.data().train().size(),
              parts.data().shape(),
              NetworkGraph.studentGraph(
                  parts.student(), parts.normalization(), parts.supervision()),
              parts.teachers(),
              parts.replication());
    } catch (RuntimeException | Error e) {
      parts.teachers().close();
      throw e;
    }
  }

  /** The data that the student learns from. */
  protected final DataSplits data() {
    return parts.data();
  }

  /** The teachers, in the order of the configuration. */
  protected final List<TeacherPlan> teachers() {
    return parts.teachers().plans();
  }

  /**
   * Evaluates the teachers on the held-out pictures.
   *
   * @throws org.kt4j.config.ConfigurationException when one is no better than chance
   */
  protected abstract void tryTeachers(TrainingListener listener);

  /**
   * Evaluates the student on the held-out pictures.
   *
   * @param student with its current weights
   * @throws org.kt4j.engine.run.TrainingException when its answers are no numbers
   */
  protected abstract HeldOutScores heldOutScores(LogitFunction student);

  /** A function that all workers compute together; the same function where there is one. */
  protected final LogitFunction shared(LogitFunction network) {
    return LogitFunction.shared(network, objective.replicas());
  }

  /**
   * What teachers say of pictures that do not change, from the cache if the configuration has one.
   *
   * @return the rows of all pictures, one after another
   */
  protected final float[] answers(TeacherAnswers answers) {
    return objective.answers(answers);
  }

  /** Opens a checkpoint of the run; the caller closes it. */
  protected final FrozenNetwork trained(Path run, Checkpoints.Which which) {
    return new FrozenNetwork(
        parts.data().shape(),
        new NetworkTeacher(
            run.toString(),
            parts.student(),
            parts.data().shape(),
            parts.normalization(),
            () -> Checkpoints.weightsOf(run, which)));
  }

  @Override
  public final List<Prerequisite> prerequisites() {
    return TeacherPlan.needs(teachers());
  }

  @Override
  public final void ready(TrainingListener listener) {
    objective.announce(listener);
    checkTeachers(listener);
    objective.calibrate(data().train());
    if (objective.isCached()) {
      objective.cache(views(), listener);
    }
  }

  @Override
  public final void checkTeachers(TrainingListener listener) {
    objective.requireFinite(data().train());
    tryTeachers(listener);
  }

  @Override
  public final List<KnowledgeDemand> knowledge() {
    if (!objective.isCached()) {
      return List.of();
    }
    objective.calibrate(data().train());
    return objective.knowledge(views());
  }

  private AugmentedViews views() {
    return new AugmentedViews(data().train(), parts.config().augmentation(), parts.normalization());
  }

  @Override
  public final ImageShape pictures() {
    return data().shape();
  }

  @Override
  public final int trainingPictures() {
    return data().train().size();
  }

  @Override
  public final int heldOutPictures() {
    return data().heldOut().size();
  }

  @Override
  public final int testPictures() {
    return data().test().size();
  }

  @Override
  public final String dataDigest() {
    Fingerprint digest = new Fingerprint();
    for (ImageDataset part : List.of(data().train(), data().heldOut(), data().test())) {
      digest.add(part.size()).add(part.shape());
      int every = Math.max(1, part.size() / DIGESTED);
      byte[] pixels = new byte[part.shape().bytes()];
      for (int i = 0; i < part.size(); i++) {
        digest.add(part.label(i));
        if (i % every == 0) {
          part.copyImage(i, pixels, 0);
          digest.add(pixels);
        }
      }
    }
    return digest.hex();
  }

  @Override
  public final void tryStudent(Consumer<Variables> look) {
    objective.tryStudent(look);
  }

  @Override
  public final List<List<Term>> objective() {
    return objective.phases();
  }

  @Override
  public final PhaseTraining open(int index, long firstStep) {
    ExperimentConfig config = parts.config();
    NetworkGraph graph =
        new NetworkGraph(
            new NetworkGraph.Blueprint(
                data().shape(),
                parts.student(),
                parts.normalization(),
                parts.supervision(),
                objective.blueprint(index, firstStep),
                config.seed()));
    BatchStream batches =
        BatchStream.training(
            data().train(),
            config.batchSize(),
            config.augmentation(),
            parts.normalization(),
            config.seed(),
            objective.replicas().share());
    return new Phase(this, graph, batches);
  }

  /** A phase with its batches. */
  private record Phase(NetworkRun run, NetworkGraph training, BatchStream batches)
      implements PhaseTraining {

    @Override
    public ImageGraph graph() {
      return training.graph();
    }

    @Override
    public DistillationStep distillation() {
      return training.distillation();
    }

    @Override
    public long studentFlopsPerImage() {
      return training.studentFlopsPerImage();
    }

    @Override
    public Operand<TFloat32> logits() {
      return training.logits();
    }

    @Override
    public Iterator<Step> epoch(int epoch) {
      return PhaseTraining.steps(batches.epoch(epoch, 0), training);
    }

    @Override
    public HeldOutScores evaluate() {
      return run.heldOutScores(run.shared(training::studentLogits));
    }

    @Override
    public void close() {
      batches.close();
      training.close();
    }
  }

  @Override
  public final void close() {
    parts.teachers().close();
  }
}
