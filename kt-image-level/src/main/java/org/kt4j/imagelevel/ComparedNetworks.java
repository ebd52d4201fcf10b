package org.kt4j.imagelevel;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.Answers;
import org.kt4j.engine.task.ComparedModels;
import org.kt4j.engine.task.TrainedRun;

/** The networks of a run on whole pictures. */
record ComparedNetworks(
    NetworkTask task, TrainedRun run, DataSplits data, ImageDataset dataset, Path runs)
    implements ComparedModels {

  @Override
  public String pictures() {
    return described(dataset);
  }

  static String described(ImageDataset dataset) {
    return String.format(
        Locale.ROOT, "%s, %,d of %s", dataset.name(), dataset.size(), dataset.shape());
  }

  @Override
  public int count() {
    return dataset.size();
  }

  @Override
  public AnsweringModel student() {
    FrozenNetwork student = task.trained(run, data).open();
    return new Model(task, run.described(), student, student::close, dataset);
  }

  @Override
  public AnsweringModel export(Path folder) {
    ExportedNetwork export = ExportedNetwork.open(folder, task.name());
    return new Model(task, folder.toString(), export, export::close, dataset);
  }

  @Override
  public Optional<AnsweringModel> teacher() {
    if (run.config().allTeachers().isEmpty()) {
      return Optional.empty();
    }
    Teachers teachers = task.teachers(run.config(), data, runs);
    try {
      FrozenNetworks answers = FrozenNetworks.of(data.shape(), teachers.plans());
      boolean several = answers.members().size() > 1;
      return Optional.of(
          new Model(
              task,
              several ? Teachers.TOGETHER : teachers.plans().get(0).teacher().source(),
              several
                  ? task.together(answers.members(), answers.shares())
                  : answers.members().get(0),
              () -> {
                answers.close();
                teachers.close();
              },
              dataset));
    } catch (RuntimeException | Error e) {
      teachers.close();
      throw e;
    }
  }

  /** A network and what it answers. */
  private record Model(
      NetworkTask task,
      String source,
      LogitFunction network,
      Runnable closing,
      ImageDataset dataset)
      implements AnsweringModel {

    @Override
    public Answers answers(IntConsumer done) {
      return task.answers(LogitFunction.counted(network, done), dataset);
    }

    @Override
    public Speed speed() {
      return Latency.of(network, dataset.shape()).speed();
    }

    @Override
    public void close() {
      closing.run();
    }
  }
}
