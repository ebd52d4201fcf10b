package org.kt4j.engine.source;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.RunSource;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.experiment.TeacherSource;
import org.kt4j.engine.export.TeacherAccelerator;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.teacher.LogProbabilities;
import org.kt4j.engine.teacher.LogitsAre;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherPrecision;
import org.kt4j.engine.weights.FileWeights;

/**
 * A teacher of an experiment, which may still have to be trained.
 *
 * @param name that terms use
 * @param place where it stands in the configuration
 * @param weight its share in a term that learns from several
 * @param allowWeak whether it may be at chance level
 * @param logitsAre what the configuration says of its logits, if it does; of probabilities the
 *     teacher gives the logarithms already
 * @param teacher whose weights are loaded when they are first needed
 * @param training the run that trains it on demand; null otherwise
 */
public record TeacherPlan(
    String name,
    String place,
    double weight,
    boolean allowWeak,
    @Nullable LogitsAre logitsAre,
    Teacher teacher,
    @Nullable Prerequisite training) {

  /**
   * Every teacher of an experiment, in the order of the configuration; the caller closes them.
   *
   * @param sources finds the runs that teachers come from
   * @param maker makes teachers that suit the student
   * @throws ConfigurationException when one does not suit it
   */
  public static List<TeacherPlan> all(
      ExperimentConfig config, SourceResolver sources, TeacherMaker maker) {
    List<TeacherPlan> plans = new ArrayList<>();
    try {
      List<TeacherConfig> configs = config.allTeachers();
      for (int t = 0; t < configs.size(); t++) {
        String place = config.teacherKey(t);
        plans.add(of(configs.get(t), place, sources, maker));
      }
      return List.copyOf(plans);
    } catch (RuntimeException | Error e) {
      plans.forEach(plan -> plan.teacher().close());
      throw e;
    }
  }

  private static TeacherPlan of(
      TeacherConfig config, String place, SourceResolver sources, TeacherMaker maker) {
    TeacherSource source = config.source();
    Normalization own = config.normalization();
    if (source instanceof RunSource named) {
      SourceRun run = sources.run(place, named);
      return of(config, place, maker, maker.ofRun(place, run, own), run.needed("teacher"));
    }
    if (source instanceof TeacherSource.OfWeights file) {
      NetworkFit.requireWeights(place + ".weights", file.weights());
      return of(
          config,
          place,
          maker,
          maker.ofWeights(place, file, FileWeights.of(place, file.file()), own),
          null);
    }
    if (source instanceof TeacherSource.OfModel model) {
      return of(config, place, maker, maker.ofModel(place, model, own), null);
    }
    throw new IllegalStateException("no such source of a teacher: " + source);
  }

  private static TeacherPlan of(
      TeacherConfig config,
      String place,
      TeacherMaker maker,
      Teacher made,
      @Nullable Prerequisite training) {
    String name = config.name();
    Teacher teacher =
        config.engine() == TeacherEngine.ONNX ? faster(config, place, maker, made) : made;
    return new TeacherPlan(
        name != null ? name : TeacherTerm.ONLY_TEACHER,
        place,
        config.weight(),
        config.allowWeak(),
        config.logitsAre(),
        config.logitsAre() == LogitsAre.PROBABILITIES ? ofProbabilities(place, teacher) : teacher,
        training);
  }

  private static Teacher faster(
      TeacherConfig config, String place, TeacherMaker maker, Teacher teacher) {
    TeacherAccelerator accelerator =
        ServiceLoader.load(TeacherAccelerator.class)
            .findFirst()
            .orElseThrow(
                () ->
                    ConfigurationException.of(
                        place
                            + ".engine: onnx: nothing on the class path computes networks so; fix:"
                            + " add the artifact org.kt4j:kt-onnx"));
    if (!teacher.stepTaps().isEmpty()) {
      throw ConfigurationException.of(
          place
              + ".engine: onnx is not possible: what "
              + teacher.source()
              + " says depends on regions that the student chooses in each step; fix: leave it"
              + " out");
    }
    TeacherPrecision precision = config.precision();
    return accelerator.of(
        place,
        teacher,
        precision == null ? TeacherPrecision.SINGLE : precision,
        maker.calibration());
  }

  private static Teacher ofProbabilities(String place, Teacher teacher) {
    if (!teacher.taps().names().contains(Taps.LOGITS) || teacher.stepTaps().contains(Taps.LOGITS)) {
      teacher.close();
      throw ConfigurationException.of(
          place
              + ".logits-are: "
              + teacher.source()
              + " gives no logits of whole pictures; fix: leave it out");
    }
    return new LogProbabilities(teacher);
  }

  /** The runs that have to be trained before teachers can be asked. */
  public static List<Prerequisite> needs(List<TeacherPlan> plans) {
    return plans.stream().map(TeacherPlan::training).filter(Objects::nonNull).toList();
  }
}
