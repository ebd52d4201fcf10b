package org.kt4j.imagelevel;

import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.model.ModelOpeners;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.source.NetworkFit;
import org.kt4j.engine.source.SourceRun;
import org.kt4j.engine.source.TeacherMaker;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.weights.FileWeights;

/**
 * Creates teachers with as many logits as the student, for the same pictures.
 *
 * @param data that both see
 * @param outputs the number of logits of both
 * @param usual the normalization of teachers without one of their own
 * @param trained the normalization that a run was trained with
 * @param networks the registry of networks
 * @param openers of models of other tools
 */
record NetworkTeachers(
    DataSplits data,
    int outputs,
    Normalization usual,
    Function<ExperimentConfig, Normalization> trained,
    Networks networks,
    ModelOpeners openers)
    implements TeacherMaker {

  @Override
  public Teacher ofRun(String place, SourceRun run, @Nullable Normalization own) {
    return new NetworkTeacher(
        run.described(),
        NetworkFit.student(networks, run.config().student(), data.shape(), outputs, 0, place),
        data.shape(),
        checked(place, own, ofItsPictures(run)),
        run::weights);
  }

  @Override
  public Teacher ofWeights(
      String place,
      TeacherSource.OfWeights source,
      FileWeights weights,
      @Nullable Normalization own) {
    return new NetworkTeacher(
        source.described(UnaryOperator.identity()) + weights.said(),
        NetworkFit.network(networks, source.network(), data.shape(), outputs, place),
        data.shape(),
        checked(place, own, usual),
        weights);
  }

  @Override
  public Teacher ofModel(String place, TeacherSource.OfModel source, @Nullable Normalization own) {
    Teacher teacher =
        openers
            .of(place, source.model())
            .open(place, source, checked(place, own, usual), data.shape(), outputs);
    if (own != null && teacher.normalisesItself() && !own.equals(none())) {
      String described = teacher.source();
      teacher.close();
      throw ConfigurationException.of(
          place
              + ".normalization: mean "
              + own.mean()
              + " and std "
              + own.std()
              + " would not reach "
              + described
              + ", which takes pixels as they are and normalises them itself; allowed: none; fix:"
              + " leave it out");
    }
    return teacher;
  }

  /** Weights for pictures of other channels are refused when they are read. */
  private Normalization ofItsPictures(SourceRun run) {
    Normalization its = trained.apply(run.config());
    return its.channels() == data.shape().channels() ? its : usual;
  }

  private Normalization none() {
    return Normalization.none(data.shape().channels());
  }

  @Override
  public CalibrationPictures calibration() {
    return CalibrationPictures.of(data.train());
  }

  private Normalization checked(
      String place, @Nullable Normalization own, Normalization otherwise) {
    if (own == null) {
      return otherwise;
    }
    NetworkFit.requireChannels(place + ".normalization", own, data);
    return own;
  }
}
