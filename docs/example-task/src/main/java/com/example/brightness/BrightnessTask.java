package com.example.brightness;

import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Picture;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.task.Answers;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.imagelevel.CaptionedPicture;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NamedOutput;
import org.kt4j.imagelevel.NetworkFactory;
import org.kt4j.imagelevel.NetworkRun;
import org.kt4j.imagelevel.NetworkTask;
import org.kt4j.imagelevel.Supervision;
import org.kt4j.imagelevel.TrainedNetwork;

/** Regression: how bright a picture is, {@code task: brightness}, on any data set of pictures. */
public final class BrightnessTask extends NetworkTask {

  static final Metric RMSE =
      new Metric(
          "RMSE",
          false,
          false,
          "RMSE is the root of the mean squared error of the brightness, which is 0 to 1.");

  private static final String NAME = "brightness";

  private static final NamedOutput OUTPUT = new NamedOutput(NAME, NAME, Answer::of);

  private final Methods methods;

  /** Trains with these methods. */
  @Inject
  public BrightnessTask(NetworkFactory networks, Methods methods) {
    super(networks);
    this.methods = methods;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Metric metric() {
    return RMSE;
  }

  @Override
  public List<String> labelTerms() {
    return List.of(SquaredErrorProvider.NAME);
  }

  /** Its students look like those of classification, so a configuration has to name it. */
  @Override
  public boolean suits(ExperimentConfig config) {
    return false;
  }

  @Override
  protected int outputs(DataSplits data) {
    return 1;
  }

  @Override
  protected Supervision supervision(DataSplits data) {
    return new Brightness(data.train());
  }

  @Override
  protected NetworkRun run(NetworkRun.Parts parts) {
    return new BrightnessRun(parts, new ObjectiveTerms(methods));
  }

  @Override
  protected List<Fact> measured(LogitFunction network, ImageDataset pictures) {
    return List.of(new Fact(RMSE.name(), RMSE.text(new Brightness(pictures).rmse(network))));
  }

  @Override
  protected Answers answers(LogitFunction network, ImageDataset pictures) {
    return Answers.ofScore(new Brightness(pictures).rmse(network));
  }

  @Override
  protected TrainedNetwork trained(TrainedRun run, DataSplits data) {
    return networks().trained(run, data.shape(), 1, List.of());
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    DataSplits data = networks().data(run.config());
    return OUTPUT.export(trained(run, data), data.heldOut(), request);
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    return OUTPUT.predictor(trained(run, networks().data(run.config())));
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    return OUTPUT.predictor(export);
  }

  /** How bright one picture is. */
  private record Answer(Picture picture, double brightness) implements Prediction {

    static Answer of(Picture picture, float[] outputs) {
      return new Answer(picture, outputs[0]);
    }

    @Override
    public List<String> lines() {
      return List.of(String.format(Locale.ROOT, "brightness %.3f", brightness));
    }

    @Override
    public Map<String, Object> values() {
      return Map.of(NAME, brightness);
    }

    @Override
    public BufferedImage drawn() {
      return CaptionedPicture.of(picture, lines());
    }
  }
}
