package org.kt4j.engine.task;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.kt4j.data.Split;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.source.RunPlan;

/**
 * A task that can be found and does nothing.
 *
 * @param name of the task
 * @param network whose students suit it
 */
record NamedTask(String name, String network) implements Task {

  @Override
  public boolean suits(ExperimentConfig config) {
    return config.student().network().equals(network);
  }

  @Override
  public Metric metric() {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<String> labelTerms() {
    throw new UnsupportedOperationException();
  }

  @Override
  public PreparedRun prepare(RunPlan plan) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void evaluate(TrainedRun run, Split split, Consumer<Evaluator> visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void evaluateTeachers(
      ExperimentConfig config, Path runs, Split split, Consumer<Evaluator> visitor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ComparedModels compared(TrainedRun run, Path runs, Split split) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    throw new UnsupportedOperationException();
  }

  @Override
  public ObservableNetworks observe(ExperimentConfig config, Path runs) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void drawSheet(DataConfig data, Path file) {
    throw new UnsupportedOperationException();
  }
}
