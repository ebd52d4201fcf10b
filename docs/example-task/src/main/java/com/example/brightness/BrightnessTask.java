package com.example.brightness;

import jakarta.inject.Inject;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Picture;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.run.Metric;
import org.kt4j.engine.student.CaptionedPicture;
import org.kt4j.engine.student.ExportedNetwork;
import org.kt4j.engine.student.FrozenNetwork;
import org.kt4j.engine.student.LogitFunction;
import org.kt4j.engine.student.NetworkExport;
import org.kt4j.engine.student.NetworkFactory;
import org.kt4j.engine.student.NetworkPredictor;
import org.kt4j.engine.student.NetworkRun;
import org.kt4j.engine.student.NetworkTask;
import org.kt4j.engine.student.Supervision;
import org.kt4j.engine.student.TrainedNetwork;
import org.kt4j.engine.task.ExportRequest;
import org.kt4j.engine.task.Fact;
import org.kt4j.engine.task.Prediction;
import org.kt4j.engine.task.PredictionOptions;
import org.kt4j.engine.task.Predictor;
import org.kt4j.engine.task.TrainedRun;

/** Regression: how bright a picture is, {@code task: brightness}, on any data set of pictures. */
public final class BrightnessTask extends NetworkTask {

  static final Metric RMSE =
      new Metric(
          "RMSE",
          false,
          false,
          "RMSE is the root of the mean squared error of the brightness, which is 0 to 1.");

  private static final String OUTPUT = "brightness";

  private final Methods methods;

  /** Trains with these methods. */
  @Inject
  public BrightnessTask(NetworkFactory networks, Methods methods) {
    super(networks);
    this.methods = methods;
  }

  @Override
  public String name() {
    return "brightness";
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
  protected LogitFunction together(List<? extends LogitFunction> members, List<Double> shares) {
    return mean(members, shares);
  }

  static LogitFunction mean(List<? extends LogitFunction> members, List<Double> shares) {
    return (pixels, size) -> {
      float[] mean = new float[size];
      for (int m = 0; m < members.size(); m++) {
        float[] one = members.get(m).logits(pixels, size);
        for (int i = 0; i < size; i++) {
          mean[i] += (float) (shares.get(m) * one[i]);
        }
      }
      return mean;
    };
  }

  @Override
  protected List<Fact> measured(LogitFunction network, ImageDataset pictures) {
    return List.of(new Fact(RMSE.name(), RMSE.text(new Brightness(pictures).rmse(network))));
  }

  @Override
  protected TrainedNetwork trained(TrainedRun run, DataSplits data) {
    return networks().trained(run, data.shape(), 1, List.of());
  }

  @Override
  public List<Fact> export(TrainedRun run, ExportRequest request) {
    DataSplits data = networks().data(run.config());
    TrainedNetwork student = trained(run, data);
    NetworkExport export =
        NetworkExport.of(student, request.options(), Map.of(OUTPUT, (tf, logits) -> logits));
    Set<String> files = Set.of(SavedModelFile.FILE, ExportFolder.SERVING);
    double difference =
        new ExportFolder(request.folder(), files, request.overwrite())
            .write(
                beside -> {
                  export.write(beside);
                  try (ExportedNetwork exported = ExportedNetwork.open(beside, name(), OUTPUT);
                      FrozenNetwork original = student.open()) {
                    return NetworkExport.verify(
                        original, exported, request.options().precision(), data.heldOut());
                  }
                });
    return List.of(
        new Fact("verified", String.format(Locale.ROOT, "outputs within %.1e", difference)));
  }

  @Override
  public Predictor predictor(TrainedRun run, PredictionOptions options) {
    TrainedNetwork student = trained(run, networks().data(run.config()));
    FrozenNetwork network = student.open();
    return new NetworkPredictor(network, network::close, student.shape(), Answer::of);
  }

  @Override
  public Optional<Predictor> predictor(Path export, PredictionOptions options) {
    if (!ExportedNetwork.isOne(export, OUTPUT)) {
      return Optional.empty();
    }
    ExportedNetwork network = ExportedNetwork.open(export, name(), OUTPUT);
    return Optional.of(
        new NetworkPredictor(network, network::close, network.shape(), Answer::of));
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
      return Map.of("brightness", brightness);
    }

    @Override
    public BufferedImage drawn() {
      return CaptionedPicture.of(picture, lines());
    }
  }
}
