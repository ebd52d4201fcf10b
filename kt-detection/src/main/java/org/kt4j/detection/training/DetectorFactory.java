package org.kt4j.detection.training;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionDatasetProvider;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.QuantizationConfig;
import org.kt4j.engine.experiment.StudentConfig;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;
import org.kt4j.engine.source.NetworkFit;
import org.kt4j.engine.source.SourceResolver;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.TrainedRun;
import org.kt4j.engine.teacher.Weights;

/** Creates the data, the student and the teachers of an experiment from its configuration. */
@Singleton
public final class DetectorFactory {

  /** The number of classes does not matter: a backbone's last layer is not built. */
  private static final int ANY_CLASSES = 2;

  private final Networks networks;
  private final Datasets datasets;
  private final ExperimentReader reader;

  /** Creates a factory that looks up names in these registries. */
  @Inject
  public DetectorFactory(Networks networks, Datasets datasets, ExperimentReader reader) {
    this.networks = networks;
    this.datasets = datasets;
    this.reader = reader;
  }

  static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ConfigurationException.of(otherwise);
    }
  }

  /**
   * Opens a data set with boxes.
   *
   * @throws ConfigurationException when it has none
   */
  public DetectionSplits data(DataConfig named) {
    if (datasets.provider(named.name()) instanceof DetectionDatasetProvider<?> provider) {
      return open(provider, named.options());
    }
    throw ConfigurationException.of(
        "data.name: "
            + named.name()
            + " has no boxes, which a detector learns from; with boxes: "
            + datasets.all().stream()
                .filter(DetectionDatasetProvider.class::isInstance)
                .map(DatasetProvider::name)
                .toList());
  }

  private static <O extends Record> DetectionSplits open(
      DetectionDatasetProvider<O> provider, Record options) {
    @SuppressWarnings("unchecked") // the reader bound them to the provider's own record
    O own = (O) provider.defaults().getClass().cast(options);
    return provider.openDetection(own);
  }

  /** The mean and deviation that a detector's pictures are normalised by. */
  public Normalization normalization(ExperimentConfig config) {
    return NetworkFit.normalization(config, datasets);
  }

  /**
   * The detector of an experiment.
   *
   * @param classes without background
   * @throws ConfigurationException when the backbone does not suit it
   */
  public FasterRcnn detector(ExperimentConfig config, int classes) {
    return detector("student", config.student(), normalization(config), classes, 0);
  }

  /**
   * The detector of an experiment, to be trained.
   *
   * @throws ConfigurationException when the backbone does not suit it
   */
  FasterRcnn learning(ExperimentConfig config, DetectionDataset pictures) {
    return detector(
        "student",
        config.student(),
        normalization(config),
        pictures.classes().size(),
        NetworkFit.steps(config, pictures.size()));
  }

  /** The detector of a run that is trained. */
  FasterRcnn detector(
      String place, StudentConfig student, Normalization normalization, int classes) {
    return detector(place, student, normalization, classes, 0);
  }

  private FasterRcnn detector(
      String place, StudentConfig student, Normalization normalization, int classes, long steps) {
    FasterRcnn detector = detector(place, student.inFloats(), normalization, classes);
    require(
        student.binary() == null,
        place
            + ".binary: detectors do not compute with signs; allowed: networks on whole pictures,"
            + " such as resnet-20; fix: leave it out, or use quantization");
    QuantizationConfig quantization = student.quantization();
    return quantization == null ? detector : detector.quantized(quantization.over(steps));
  }

  FasterRcnn detector(
      String place, NetworkConfig network, Normalization normalization, int classes) {
    if (!(network.options() instanceof FasterRcnnOptions options)) {
      throw ConfigurationException.of(
          place + ".network: " + network.network() + " is no detector; allowed: faster-rcnn");
    }
    ImageShape shape = new ImageShape(options.height(), options.width(), 3);
    require(
        network.widths().isEmpty(),
        place + ".widths: are of a network on whole pictures; fix: give them to backbone");
    require(
        !(options.backbone().options() instanceof FasterRcnnOptions),
        place + ".backbone: a detector is no backbone; fix: name a classifier");
    require(
        normalization.channels() == 3,
        place + ": detectors see red, green and blue; the normalization has another number");
    try {
      Network backbone = backbone(options.backbone(), shape);
      return new FasterRcnn(backbone, options, normalization, classes);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(place + "." + e.getMessage());
    }
  }

  /** The network of a classifier's run, which teaches by its maps. */
  Network backbone(StudentConfig classifier, ImageShape shape) {
    return NetworkFit.computing(backbone(classifier.inFloats(), shape), classifier, 0, "backbone");
  }

  Network backbone(NetworkConfig named, ImageShape shape) {
    try {
      return NetworkFit.created(networks, named, shape, ANY_CLASSES, "backbone");
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("backbone: " + e.getMessage(), e);
    }
  }

  /**
   * Opens the teachers of an experiment; the caller closes them.
   *
   * @param runs where runs are that are named by their configuration
   * @throws ConfigurationException when one does not suit the student
   */
  Teachers teachers(ExperimentConfig config, DetectionSplits data, FasterRcnn student, Path runs) {
    return Teachers.of(
        config,
        new SourceResolver(runs, reader),
        new DetectorTeachers(this, config, data, student));
  }

  /** The names of a run's classes; from its data where it is not complete. */
  public List<String> classes(TrainedRun run) {
    return RunFolder.result(run.folder())
        .map(RunResult::classes)
        .orElseGet(() -> data(run.config().data()).train().classes());
  }

  /**
   * The weights of a run's detector.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public Weights weights(TrainedRun run) {
    return Checkpoints.weightsOf(run.folder(), run.which());
  }

  /**
   * Opens the detector of a run; the caller closes it.
   *
   * @throws org.kt4j.engine.run.TrainingException when the run has finished no epoch
   */
  public Detector open(TrainedRun run) {
    return new Detector(
        detector(run.config(), classes(run).size()), normalization(run.config()), weights(run));
  }
}
