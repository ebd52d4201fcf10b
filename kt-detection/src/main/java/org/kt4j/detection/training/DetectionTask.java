package org.kt4j.detection.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionDatasetProvider;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.DataConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.task.Task;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.source.TeacherPlan;

/** Detection: experiments whose student is {@code faster-rcnn}. */
public final class DetectionTask implements Task {

  /** What nobody looks at: a backbone's last layer is not built. */
  private static final int ANY_CLASSES = 2;

  /** For {@link java.util.ServiceLoader}. */
  public DetectionTask() {}

  @Override
  public boolean suits(ExperimentConfig config) {
    return config.student().options() instanceof FasterRcnnOptions;
  }

  @Override
  public PreparedRun prepare(RunPlan plan, Known known) {
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
    return new PreparedDetection(plan, known, data, student, teachers(plan, known, data, student));
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

  private static List<TeacherPlan> teachers(
      RunPlan plan, Known known, DetectionSplits data, FasterRcnn student) {
    List<TeacherPlan> plans = new ArrayList<>();
    ExperimentConfig config = plan.config();
    List<TeacherConfig> configs = config.allTeachers();
    for (int t = 0; t < configs.size(); t++) {
      String place = config.teacher() != null ? "teacher" : "teachers[" + t + "]";
      plans.add(new Source(place, configs.get(t), plan, known, data, student).planned());
    }
    return plans;
  }

  /** One teacher of a configuration. */
  private record Source(
      String place,
      TeacherConfig config,
      RunPlan plan,
      Known known,
      DetectionSplits data,
      FasterRcnn student) {

    TeacherPlan planned() {
      TeacherConfig.Keys keys = config.keys();
      Path weights = keys.weights();
      Path file = keys.config();
      Path run = keys.run();
      require(
          keys.model() == null,
          place
              + ".model: a detector learns from networks of ours, which see pictures of its size;"
              + " fix: run, config, or network with weights");
      if (weights != null) {
        Normalization own = keys.normalization();
        NetworkConfig network = config.network().orElseThrow();
        return planned(
            classifier(
                network.network() + " from " + weights,
                network,
                own != null ? own : normalization(plan.config(), known),
                () -> NpzFile.read(weights)),
            Optional.empty());
      }
      if (file != null) {
        ExperimentConfig trained = known.reader().read(file, Map.of());
        Path folder = RunPlan.folder(plan.runs(), file, trained, known.reader());
        return planned(
            of(trained, folder), Optional.of(new TeacherPlan.OnDemand(trained, file, folder)));
      }
      if (run == null) {
        throw new IllegalStateException("a teacher's configuration has one source");
      }
      return planned(
          of(known.reader().readResolved(TeacherPlan.existing(place, run)), run), Optional.empty());
    }

    private TeacherPlan planned(Teacher teacher, Optional<TeacherPlan.OnDemand> training) {
      String name = config.keys().name();
      return new TeacherPlan(
          name != null ? name : TeacherTerm.ONLY_TEACHER,
          place,
          config.keys().weight(),
          config.keys().allowWeak(),
          teacher,
          training.orElse(null));
    }

    private Teacher of(ExperimentConfig trained, Path run) {
      String source = trained.student().network() + " from " + run;
      Normalization own = config.keys().normalization();
      Normalization normalization = own != null ? own : normalization(trained, known);
      if (!(trained.student().options() instanceof FasterRcnnOptions options)) {
        return classifier(
            source,
            trained.student(),
            normalization,
            () -> TeacherPlan.weightsOf(run, Checkpoints.Which.BEST));
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
      RunFolder.result(run)
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
      return new DetectorTeacher(
          source,
          detector,
          normalization,
          () -> TeacherPlan.weightsOf(run, Checkpoints.Which.BEST));
    }

    private Teacher classifier(
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
