package org.kt4j.engine.source;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.teacher.Teacher;

/**
 * The teachers of one experiment; closes them.
 *
 * @param plans in the order of the configuration
 */
public record Teachers(List<TeacherPlan> plans) implements AutoCloseable {

  /** The name of several teachers that are evaluated as one. */
  public static final String TOGETHER = "all teachers together";

  /** Copies the list. */
  public Teachers {
    plans = List.copyOf(plans);
  }

  /**
   * Opens every teacher. Models are loaded; networks read their weights when they are first used.
   *
   * @param sources finds the runs that teachers come from
   * @param maker makes teachers that suit the student
   * @throws org.kt4j.config.ConfigurationException when one does not suit it
   */
  public static Teachers of(ExperimentConfig config, SourceResolver sources, TeacherMaker maker) {
    return new Teachers(TeacherPlan.all(config, sources, maker));
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
