package org.kt4j.classification;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.classification.export.ClassifierExport;
import org.kt4j.classification.export.ClassifierPredictor;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.classification.export.StudentExport;
import org.kt4j.data.DataSplits;
import org.kt4j.data.FoundData;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.task.Answers;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NetworkFactory;
import org.kt4j.imagelevel.NetworkRun;
import org.kt4j.imagelevel.NetworkTask;
import org.kt4j.imagelevel.Supervision;
import org.kt4j.imagelevel.TrainedNetwork;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;

/** Image classification: one class for each picture, measured by accuracy. */
@Singleton
public final class ClassificationTask extends NetworkTask {

  /** The share of the pictures whose class is right. */
  static final Metric ACCURACY = Metric.ofShare("accuracy", "");

  private final ClassifierFactory classifiers;
  private final Methods methods;
  private final Networks known;
  private final ExperimentReader reader;

  /** Creates the task with these registries. */
  @Inject
  public ClassificationTask(
      NetworkFactory networks,
      ClassifierFactory classifiers,
      Methods methods,
      Networks known,
      ExperimentReader reader) {
    super(networks);
    this.classifiers = classifiers;
    this.methods = methods;
    this.known = known;
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
    return known.provider(config.student().network()).givesLogits();
  }

  @Override
  protected int outputs(DataSplits data) {
    return data.train().classes().size();
  }

  @Override
  protected Supervision supervision(DataSplits data) {
    return new ClassLabels();
  }

  @Override
  protected NetworkRun run(NetworkRun.Parts parts) {
    return new PreparedClassification(parts, new ObjectiveTerms(methods));
  }

  @Override
  protected void requireUsable(TeacherPlan plan, LogitFunction answers, ImageDataset pictures) {
    TeacherLogits.require(plan, answers, pictures);
  }

  @Override
  protected LogitFunction together(List<? extends LogitFunction> members, List<Double> shares) {
    return new Ensemble(members, shares);
  }

  @Override
  protected List<Fact> measured(LogitFunction network, ImageDataset pictures) {
    Evaluation evaluation = Evaluation.of(network, pictures);
    return List.of(
        new Fact(
            ACCURACY.name(),
            String.format(
                Locale.ROOT,
                "%s, %,d of %,d right",
                ACCURACY.text(evaluation.accuracy()),
                Math.round(evaluation.accuracy() * pictures.size()),
                pictures.size())),
        new Fact(
            PreparedClassification.CROSS_ENTROPY,
            String.format(Locale.ROOT, "%.4f", evaluation.crossEntropy())));
  }

  @Override
  protected Operand<TFloat32> losses(Ops tf, Operand<TInt32> labels, Operand<TFloat32> logits) {
    return CrossEntropyProvider.losses(tf, labels, logits, 0);
  }

  @Override
  protected Answers answers(LogitFunction network, ImageDataset pictures) {
    return Evaluation.of(network, pictures).forComparison();
  }

  @Override
  protected TrainedNetwork trained(TrainedRun run, DataSplits data) {
    return classifiers.trained(run, data);
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    return new StudentExport(classifiers, reader, this).write(run, request).facts();
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    return ClassifierPredictor.of(
        ExportedClassifier.of(
            ClassifierExport.of(classifiers.trained(run), ExportOptions.defaults())),
        options);
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    return ExportedClassifier.isOne(export)
        ? Optional.of(ClassifierPredictor.of(ExportedClassifier.open(export), options))
        : Optional.empty();
  }

  @Override
  public Optional<Recipe> recipe(FoundData data, @Nullable Integer side) {
    return ClassificationRecipe.of(data, side);
  }
}
