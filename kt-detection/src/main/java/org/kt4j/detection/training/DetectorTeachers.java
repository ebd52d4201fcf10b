package org.kt4j.detection.training;

import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.SourceRun;
import org.kt4j.engine.source.TeacherMaker;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.weights.FileWeights;

/**
 * Creates teachers for the pictures that a detector sees.
 *
 * @param factory makes their networks
 * @param config of the student's experiment
 * @param data that it learns from
 * @param student the detector
 */
record DetectorTeachers(
    DetectorFactory factory, ExperimentConfig config, DetectionSplits data, FasterRcnn student)
    implements TeacherMaker {

  @Override
  public Teacher ofWeights(
      String place,
      TeacherSource.OfWeights source,
      FileWeights weights,
      @Nullable Normalization own) {
    return classifier(
        place,
        source.described(UnaryOperator.identity()) + weights.said(),
        shape -> factory.backbone(source.network(), shape),
        own != null ? own : factory.normalization(config),
        weights);
  }

  @Override
  public CalibrationPictures calibration() {
    DetectionDataset train = data.train();
    ImageShape shape = student.picture();
    long[] sizes = {1, shape.height(), shape.width(), shape.channels()};
    return new CalibrationPictures(
        train.size(),
        "",
        index -> {
          try (PictureScaling scaling = new PictureScaling(shape, factory.normalization(config))) {
            return new ExportDetails.Input(scaling.scaled(train.pixels(index)).pixels(), sizes);
          }
        });
  }

  @Override
  public Teacher ofModel(String place, TeacherSource.OfModel source, @Nullable Normalization own) {
    throw ConfigurationException.of(
        place
            + ".model: a detector learns from networks of ours, which see pictures of its size;"
            + " fix: run, config, or network with weights");
  }

  @Override
  public Teacher ofRun(String place, SourceRun run, @Nullable Normalization own) {
    ExperimentConfig trained = run.config();
    String source = run.described();
    Normalization normalization = own != null ? own : factory.normalization(trained);
    if (!(trained.student().options() instanceof FasterRcnnOptions options)) {
      return classifier(
          place,
          source,
          shape -> factory.backbone(trained.student(), shape),
          normalization,
          run::weights);
    }
    DetectorFactory.require(
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
                DetectorFactory.require(
                    result.classes().equals(classes),
                    place
                        + ": "
                        + source
                        + " knows "
                        + result.classes()
                        + ", the data has "
                        + classes));
    FasterRcnn detector = factory.detector(place, trained.student(), normalization, classes.size());
    DetectorFactory.require(
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
      Function<ImageShape, Network> network,
      Normalization normalization,
      Supplier<Weights> weights) {
    try {
      return new BackboneTeacher(
          source, network.apply(student.picture()), student.picture(), normalization, weights);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of(place + ": " + source + ": " + e.getMessage());
    }
  }
}
