package org.kt4j.classification;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ClassifierPredictor;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ContactSheet;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.student.ClassLabels;
import org.kt4j.engine.student.FrozenNetwork;
import org.kt4j.engine.student.LogitFunction;
import org.kt4j.engine.student.NetworkRun;
import org.kt4j.engine.task.Evaluator;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.ObservableNetworks;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.Teacher;

/** Image classification: one class for each picture, measured by accuracy. */
@Singleton
public final class ClassificationTask implements Task {

  /** The share of the pictures whose class is right. */
  static final Metric ACCURACY = Metric.ofShare("accuracy", "");

  private final ClassifierFactory classifiers;
  private final Methods methods;
  private final Networks networks;
  private final Datasets datasets;
  private final ExperimentReader reader;

  /** Creates the task with these registries. */
  @Inject
  public ClassificationTask(
      ClassifierFactory classifiers,
      Methods methods,
      Networks networks,
      Datasets datasets,
      ExperimentReader reader) {
    this.classifiers = classifiers;
    this.methods = methods;
    this.networks = networks;
    this.datasets = datasets;
    this.reader = reader;
  }

  @Override
  public String name() {
    return "classification";
  }

  @Override
  public Metric metric() {
    return ACCURACY;
  }

  @Override
  public List<String> labelTerms() {
    return List.of(CrossEntropyProvider.NAME);
  }

  @Override
  public boolean suits(ExperimentConfig config) {
    return networks.provider(config.student().network()).givesLogits();
  }

  @Override
  public PreparedRun prepare(RunPlan plan) {
    ExperimentConfig config = plan.config();
    DataSplits data = classifiers.data(config);
    return new PreparedClassification(
        new NetworkRun.Parts(
            config,
            data,
            classifiers.student(config, data),
            classifiers.normalization(config),
            new ClassLabels(),
            classifiers.teachers(config, data, plan.runs())),
        new ObjectiveTerms(methods));
  }

  @Override
  public void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor) {
    DataSplits data = classifiers.data(run.config());
    ImageDataset pictures = part(data, split);
    try (FrozenNetwork classifier = classifiers.trained(run, data).open()) {
      visitor.accept(new ClassifierEvaluator(run.described(), classifier, pictures));
    }
  }

  @Override
  public void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor) {
    DataSplits data = classifiers.data(config);
    ImageDataset pictures = part(data, split);
    try (Teachers teachers = classifiers.teachers(config, data, runs);
        FrozenClassifiers answers = new FrozenClassifiers(data.shape(), teachers.plans())) {
      for (int t = 0; t < answers.members().size(); t++) {
        visitor.accept(
            new ClassifierEvaluator(
                "teacher, " + teachers.plans().get(t).teacher().source(),
                answers.members().get(t),
                pictures));
      }
      if (answers.members().size() > 1) {
        visitor.accept(
            new ClassifierEvaluator("teacher, " + Teachers.TOGETHER, answers.together(), pictures));
      }
    }
  }

  private static ImageDataset part(DataSplits data, Split split) {
    ImageDataset pictures = data.part(split);
    if (pictures.size() == 0) {
      throw ConfigurationException.of("data: the part " + split + " has no pictures");
    }
    return pictures;
  }

  /** A classifier and the pictures that it is evaluated on. */
  private record ClassifierEvaluator(String source, LogitFunction classifier, ImageDataset dataset)
      implements Evaluator {

    @Override
    public String pictures() {
      return dataset.name()
          + ", "
          + String.format(Locale.ROOT, "%,d", dataset.size())
          + " of "
          + dataset.shape();
    }

    @Override
    public int count() {
      return dataset.size();
    }

    @Override
    public List<Fact> evaluate(IntConsumer done) {
      int[] count = {0};
      Evaluation evaluation =
          Evaluation.of(
              (pixels, size) -> {
                float[] logits = classifier.logits(pixels, size);
                count[0] += size;
                done.accept(count[0]);
                return logits;
              },
              dataset);
      return List.of(
          new Fact(
              ACCURACY.name(),
              String.format(
                  Locale.ROOT,
                  "%s, %,d of %,d right",
                  ACCURACY.text(evaluation.accuracy()),
                  Math.round(evaluation.accuracy() * dataset.size()),
                  dataset.size())),
          new Fact(
              PreparedClassification.CROSS_ENTROPY,
              String.format(Locale.ROOT, "%.4f", evaluation.crossEntropy())));
    }
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    return new StudentExport(classifiers, reader).write(run, request).facts();
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    return new ClassifierPredictor(
        ExportedClassifier.of(
            ClassifierExport.of(classifiers.trained(run), ExportOptions.defaults())),
        options);
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    return ExportedClassifier.isOne(export)
        ? Optional.of(new ClassifierPredictor(ExportedClassifier.open(export), options))
        : Optional.empty();
  }

  @Override
  public ObservableNetworks observe(ExperimentConfig config, Path runs) {
    DataSplits data = classifiers.data(config);
    return new Observed(classifiers, config, data, classifiers.teachers(config, data, runs));
  }

  /** Networks on the pictures of a data set. */
  private record Observed(
      ClassifierFactory classifiers, ExperimentConfig config, DataSplits data, Teachers opened)
      implements ObservableNetworks {

    @Override
    public ImageDataset pictures(Split split) {
      return part(data, split);
    }

    @Override
    public Teacher student(TrainedRun run) {
      return classifiers.trained(run, data).teacher();
    }

    @Override
    public Teacher untrained() {
      return classifiers.untrained(config, data);
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
  public void drawSheet(DataConfig data, Path file) {
    ContactSheet.write(datasets.open(data.name(), data.options()).train(), file);
  }
}
