package org.kt4j.detection.training;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionDatasetProvider;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.DatasetProvider;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.training.ExperimentKind;
import org.kt4j.engine.training.RunFolder;
import org.kt4j.engine.training.RunPlan;
import org.kt4j.engine.training.SourceResolver;
import org.kt4j.engine.training.Task;
import org.kt4j.engine.training.TeacherMaker;
import org.kt4j.engine.training.TeacherPlan;
import org.kt4j.engine.training.TrainedRun;

/** Detection: experiments whose student is {@code faster-rcnn}. */
public final class DetectionKind implements ExperimentKind {

  /** What nobody looks at: a backbone's last layer is not built. */
  private static final int ANY_CLASSES = 2;

  /** For {@link java.util.ServiceLoader}. */
  public DetectionKind() {}

  @Override
  public boolean suits(ExperimentConfig config) {
    return config.student().options() instanceof FasterRcnnOptions;
  }

  @Override
  public Task prepare(RunPlan plan, Known known) {
    NativeRuntime.addInOneOrder();
    ExperimentConfig config = plan.config();
    DetectionSplits data = data(config, known);
    for (DetectionDataset part : List.of(data.train(), data.heldOut(), data.test())) {
      requireObjects(part);
    }
    require(
        config.cache() == null,
        "cache: what a teacher says of regions is new in every step; fix: leave it out");
    require(
        config.augmentation().cutout() == 0 && config.augmentation().views() == 0,
        "augmentation: a detector's pictures are flipped, moved by crop-padding, and scaled by"
            + " student.scale-jitter;"
            + " cutout and views are not for them; fix: leave them out");
    FasterRcnn student = detector(config, data.train().classes().size(), known);
    List<TeacherPlan> teachers =
        TeacherPlan.all(
            config,
            new SourceResolver(plan.runs(), known.reader()),
            new OfDetectors(config, known, data, student));
    return new DetectionTask(plan, known, data, student, teachers);
  }

  /** Without an object there is nothing to learn, and no average precision. */
  private static void requireObjects(DetectionDataset part) {
    boolean found =
        IntStream.range(0, part.size())
            .anyMatch(i -> part.objects(i).stream().anyMatch(object -> !object.difficult()));
    require(
        part.size() == 0 || found,
        "data: the "
            + part.size()
            + " pictures of "
            + part.name()
            + " hold no object that counts; fix: another set of pictures");
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw ConfigurationException.of(otherwise);
    }
  }

  /** Opens the data of an experiment. */
  public static DetectionSplits data(ExperimentConfig config, Known known) {
    DataConfig named = config.data();
    if (known.datasets().provider(named.name()) instanceof DetectionDatasetProvider<?> provider) {
      return open(provider, named.options());
    }
    throw ConfigurationException.of(
        "data.name: "
            + named.name()
            + " has no boxes, which a detector learns from; with boxes: "
            + known.datasets().all().stream()
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
  public static Normalization normalization(ExperimentConfig config, Known known) {
    Normalization own = config.normalization();
    return own != null
        ? own
        : known.datasets().provider(config.data().name()).defaultNormalization();
  }

  /**
   * The detector of an experiment.
   *
   * @param classes without background
   * @throws ConfigurationException when the backbone does not suit it
   */
  public static FasterRcnn detector(ExperimentConfig config, int classes, Known known) {
    return detector("student", config.student(), normalization(config, known), classes, known);
  }

  private static FasterRcnn detector(
      String place, NetworkConfig network, Normalization normalization, int classes, Known known) {
    FasterRcnnOptions options = (FasterRcnnOptions) network.options();
    ImageShape shape = new ImageShape(options.height(), options.width(), 3);
    require(
        !(options.backbone().options() instanceof FasterRcnnOptions),
        place + ".backbone: a detector is no backbone; fix: name a classifier");
    require(
        normalization.channels() == 3,
        place + ": detectors see red, green and blue; the normalization has another number");
    try {
      Network backbone = network(options.backbone(), shape, known);
      return new FasterRcnn(backbone, options, normalization, classes);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(place + "." + e.getMessage());
    }
  }

  private static Network network(NetworkConfig named, ImageShape shape, Known known) {
    try {
      return known.networks().create(named.network(), named.options(), shape, ANY_CLASSES);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("backbone: " + e.getMessage(), e);
    }
  }

  /** Makes teachers that see what a detector sees. */
  private record OfDetectors(
      ExperimentConfig config, Known known, DetectionSplits data, FasterRcnn student)
      implements TeacherMaker {

    @Override
    public Teacher ofWeights(
        String place,
        TeacherSource.OfWeights source,
        Supplier<Weights> weights,
        @Nullable Normalization own) {
      return classifier(
          place,
          source.described(UnaryOperator.identity()),
          source.network(),
          own != null ? own : normalization(config, known),
          weights);
    }

    @Override
    public Teacher ofModel(
        String place, TeacherSource.OfModel source, @Nullable Normalization own) {
      throw ConfigurationException.of(
          place
              + ".model: a detector learns from networks of ours, which see pictures of its size;"
              + " fix: run, config, or network with weights");
    }

    @Override
    public Teacher ofRun(String place, TrainedRun run, @Nullable Normalization own) {
      ExperimentConfig trained = run.config();
      String source = run.described();
      Normalization normalization = own != null ? own : normalization(trained, known);
      if (!(trained.student().options() instanceof FasterRcnnOptions options)) {
        return classifier(place, source, trained.student(), normalization, run::weights);
      }
      require(
          options.height() == student.options().height()
              && options.width() == student.options().width(),
          place
              + ": "
              + source
              + " sees pictures of "
              + options.height()
              + "x"
              + options.width()
              + ", the student of "
              + student.options().height()
              + "x"
              + student.options().width()
              + "; allowed: the same height and width, for both look at the same regions");
      List<String> classes = data.train().classes();
      RunFolder.result(run.folder())
          .ifPresent(
              result ->
                  require(
                      result.classes().equals(classes),
                      place
                          + ": "
                          + source
                          + " knows "
                          + result.classes()
                          + ", the data has "
                          + classes));
      FasterRcnn detector =
          detector(place, trained.student(), normalization, classes.size(), known);
      require(
          detector.stride() == student.stride(),
          place
              + ": "
              + source
              + " has the stride "
              + detector.stride()
              + " at "
              + options.tap()
              + ", the student "
              + student.stride()
              + " at "
              + student.options().tap()
              + "; fix: choose taps of one stride");
      return new DetectorTeacher(source, detector, normalization, run::weights);
    }

    private Teacher classifier(
        String place,
        String source,
        NetworkConfig network,
        Normalization normalization,
        Supplier<Weights> weights) {
      try {
        return new BackboneTeacher(
            source,
            network(network, student.picture(), known),
            student.picture(),
            normalization,
            weights);
      } catch (IllegalArgumentException e) {
        throw ConfigurationException.of(place + ": " + source + ": " + e.getMessage());
      }
    }
  }
}
