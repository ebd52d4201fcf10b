package org.kt4j.imagelevel;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ContactSheet;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.Answers;
import org.kt4j.engine.task.ComparedModels;
import org.kt4j.engine.task.Evaluator;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.PrunableNetwork;
import org.kt4j.engine.task.PruneSource;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.FiniteTaps;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/**
 * A task whose students are one network on whole pictures. What is left to a task: how many outputs
 * the network has, how it learns from labels, how good its outputs are, and what an export and a
 * prediction look like.
 */
public abstract class NetworkTask implements Task {

  private final NetworkFactory networks;

  /** A task of networks that this factory makes. */
  protected NetworkTask(NetworkFactory networks) {
    this.networks = networks;
  }

  /** Makes data, students and teachers. */
  protected final NetworkFactory networks() {
    return networks;
  }

  /** The number of the network's outputs, its logits. */
  protected abstract int outputs(DataSplits data);

  /** How the network learns from labels. */
  protected abstract Supervision supervision(DataSplits data);

  /** A run that is checked when it is made. */
  protected abstract NetworkRun run(NetworkRun.Parts parts);

  /**
   * Several networks as one; by default the mean of their logits.
   *
   * @param shares of their answers, one together
   */
  protected LogitFunction together(List<? extends LogitFunction> members, List<Double> shares) {
    return LogitFunction.mean(members, shares);
  }

  /**
   * Checks what a teacher gives, beyond being finite numbers; nothing by default.
   *
   * @param answers of the teacher of the plan
   * @throws ConfigurationException when nothing should be learnt from it
   */
  protected void requireUsable(TeacherPlan plan, LogitFunction answers, ImageDataset pictures) {}

  /** How good a network is on pictures, the metric of the task first. */
  protected abstract List<Fact> measured(LogitFunction network, ImageDataset pictures);

  /**
   * What a network says of pictures, to be compared with others; {@link Answers#ofScore} where
   * answers are numbers.
   */
  protected abstract Answers answers(LogitFunction network, ImageDataset pictures);

  /**
   * The loss of each picture by itself, {@code [B]}, where labels are classes; null otherwise.
   *
   * @param labels {@code [B]}
   * @param logits {@code [B, K]}
   */
  protected @Nullable Operand<TFloat32> losses(
      Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits) {
    return null;
  }

  /** The student of a run. */
  protected abstract TrainedNetwork trained(TrainedRun run, DataSplits data);

  @Override
  public final PreparedRun prepare(RunPlan plan) {
    ExperimentConfig config = plan.config();
    DataSplits data = networks.data(config);
    int outputs = outputs(data);
    return run(
        new NetworkRun.Parts(
            config,
            plan.replication(),
            data,
            networks.student(config, data, outputs),
            networks.normalization(config),
            supervision(data),
            networks.teachers(config, data, plan.runs(), outputs)));
  }

  @Override
  public final void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor) {
    DataSplits data = networks.data(run.config());
    ImageDataset pictures = part(data, split);
    try (FrozenNetwork student = trained(run, data).open()) {
      visitor.accept(new NetworkEvaluator(this, run.described(), student, pictures));
    }
  }

  @Override
  public final void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor) {
    DataSplits data = networks.data(config);
    ImageDataset pictures = part(data, split);
    try (Teachers teachers = networks.teachers(config, data, runs, outputs(data));
        FrozenNetworks answers = FrozenNetworks.of(data.shape(), teachers.plans())) {
      for (int t = 0; t < answers.members().size(); t++) {
        TeacherPlan plan = teachers.plans().get(t);
        FiniteTaps.require(plan.place(), plan.teacher(), List.of(Taps.LOGITS), pictures);
        requireUsable(plan, answers.members().get(t), pictures);
        visitor.accept(
            new NetworkEvaluator(
                this, "teacher, " + plan.teacher().source(), answers.members().get(t), pictures));
      }
      if (answers.members().size() > 1) {
        visitor.accept(
            new NetworkEvaluator(
                this,
                "teacher, " + Teachers.TOGETHER,
                together(answers.members(), answers.shares()),
                pictures));
      }
    }
  }

  @Override
  public final PrunableNetwork prunable(ExperimentConfig config, PruneSource source) {
    DataSplits data = networks.data(config);
    Normalization own = source.normalization();
    return new PrunableImageNetwork(
        this,
        source,
        new LazyWeights(source.weights()),
        data,
        own == null ? networks.normalization(config) : own,
        widths -> networks.network(source.network().with(widths), data, outputs(data)));
  }

  @Override
  public final ComparedModels compared(TrainedRun run, Path runs, Split split) {
    DataSplits data = networks.data(run.config());
    return new ComparedNetworks(this, run, data, part(data, split), runs);
  }

  /** The teachers of an experiment; the caller closes them. */
  final Teachers teachers(ExperimentConfig config, DataSplits data, Path runs) {
    return networks.teachers(config, data, runs, outputs(data));
  }

  private static ImageDataset part(DataSplits data, Split split) {
    ImageDataset pictures = data.part(split);
    if (pictures.size() == 0) {
      throw ConfigurationException.of("data: the part " + split + " has no pictures");
    }
    return pictures;
  }

  /** A network and what it is tried on. */
  private record NetworkEvaluator(
      NetworkTask task, String source, LogitFunction network, ImageDataset dataset)
      implements Evaluator {

    @Override
    public String pictures() {
      return ComparedNetworks.described(dataset);
    }

    @Override
    public int count() {
      return dataset.size();
    }

    @Override
    public List<Fact> evaluate(IntConsumer done) {
      return task.measured(LogitFunction.counted(network, done), dataset);
    }
  }

  @Override
  public final ObservableNetworks observe(ExperimentConfig config, Path runs) {
    DataSplits data = networks.data(config);
    return new Observed(this, config, data, networks.teachers(config, data, runs, outputs(data)));
  }

  /** Networks on the pictures of a data set. */
  private record Observed(
      NetworkTask task, ExperimentConfig config, DataSplits data, Teachers opened)
      implements ObservableNetworks {

    @Override
    public ImageDataset pictures(Split split) {
      return part(data, split);
    }

    @Override
    public Teacher student(TrainedRun run) {
      return task.trained(run, data).teacher();
    }

    @Override
    public Teacher untrained() {
      return task.networks.untrained(config, data, task.outputs(data));
    }

    @Override
    public Map<String, Teacher> teachers() {
      return opened.byName();
    }

    @Override
    public void close() {
      opened.close();
    }
  }

  @Override
  public final void drawSheet(DataConfig data, Path file) {
    ContactSheet.write(networks.data(data).train(), file);
  }
}
