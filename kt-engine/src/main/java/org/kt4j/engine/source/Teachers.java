package org.kt4j.engine.source;

import org.kt4j.engine.objective.TeacherTerm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kt4j.engine.checkpoint.Checkpoints;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.TeacherConfig;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Networks;
import org.kt4j.engine.model.ModelOpeners;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.NpzFile;
import org.kt4j.engine.teacher.Teacher;

/** The teachers of one experiment, in the order of the configuration; closes them. */
public final class Teachers implements AutoCloseable {

  /** What several teachers are called when they are asked as one. */
  public static final String TOGETHER = "all teachers together";

  private final List<TeacherPlan> plans = new ArrayList<>();

  private Teachers() {}

  /**
   * Opens every teacher; models are loaded, networks of ours wait for their weights.
   *
   * @param runs where runs are that are named by their configuration
   * @param usual the normalization of those that name none
   * @throws ConfigurationException when one does not fit the data
   */
  public static Teachers of(
      ExperimentConfig config,
      DataSplits data,
      Path runs,
      Normalization usual,
      Networks networks,
      ModelOpeners openers,
      ExperimentReader reader) {
    Teachers teachers = new Teachers();
    try {
      List<TeacherConfig> configs = config.allTeachers();
      for (int t = 0; t < configs.size(); t++) {
        String place = config.teacher() != null ? "teacher" : "teachers[" + t + "]";
        teachers.plans.add(plan(configs.get(t), place, data, runs, usual, networks, openers, reader));
      }
      return teachers;
    } catch (RuntimeException | Error e) {
      teachers.close();
      throw e;
    }
  }

  private static TeacherPlan plan(
      TeacherConfig config,
      String place,
      DataSplits data,
      Path runs,
      Normalization usual,
      Networks networks,
      ModelOpeners openers,
      ExperimentReader reader) {
    TeacherConfig.Keys keys = config.keys();
    Normalization own = keys.normalization();
    if (own != null) {
      NetworkFit.requireChannels(place + ".normalization", own, data);
    }
    Teacher teacher;
    TeacherPlan.OnDemand training = null;
    Path weights = keys.weights();
    Path model = keys.model();
    Path file = keys.config();
    Path run = keys.run();
    if (weights != null) {
      NetworkConfig network = config.network().orElseThrow();
      teacher =
          new NetworkTeacher(
              network.network() + " from " + weights,
              NetworkFit.network(networks, network, data, place),
              data.shape(),
              own != null ? own : usual,
              () -> NpzFile.read(weights));
    } else if (model != null) {
      teacher =
          openers.of(place, model).open(
              place,
              model,
              keys.engine(),
              keys.input(),
              keys.outputs(),
              own != null ? own : usual,
              data.shape(),
              data.train().classes().size());
    } else {
      ExperimentConfig trained;
      if (file != null) {
        trained = reader.read(file, Map.of());
        run = RunPlan.folder(runs, file, trained, reader);
        training = new TeacherPlan.OnDemand(trained, file, run);
      } else if (run != null) {
        trained = reader.readResolved(TeacherPlan.existing(place, run));
      } else {
        throw new IllegalStateException("a teacher's configuration has one source");
      }
      Path folder = run;
      teacher =
          new NetworkTeacher(
              trained.student().network() + " from " + folder,
              NetworkFit.network(networks, trained.student(), data, place),
              data.shape(),
              Optional.ofNullable(own)
                  .or(() -> Optional.ofNullable(trained.normalization()))
                  .orElse(usual),
              () -> TeacherPlan.weightsOf(folder, Checkpoints.Which.BEST));
    }
    String name = keys.name();
    return new TeacherPlan(
        name != null ? name : TeacherTerm.ONLY_TEACHER,
        place,
        keys.weight(),
        keys.allowWeak(),
        teacher,
        training);
  }

  /** In the order of the configuration. */
  public List<TeacherPlan> plans() {
    return plans;
  }

  /** By name, in the order of the configuration; the only one may be {@code teacher}. */
  public Map<String, Teacher> byName() {
    Map<String, Teacher> teachers = new LinkedHashMap<>();
    plans.forEach(plan -> teachers.put(plan.name(), plan.teacher()));
    return teachers;
  }

  @Override
  public void close() {
    plans.forEach(plan -> plan.teacher().close());
  }
}
