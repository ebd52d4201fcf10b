package org.kt4j.engine.experiment;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.config.NearestName;
import org.kt4j.data.Augmentation;
import org.kt4j.data.Normalization;

/**
 * One experiment, whole.
 *
 * @param task what the student learns to do; decided by the student when left out
 * @param data the pictures
 * @param teacher whom to learn from, if anybody
 * @param teachers whom to learn from, where there are several
 * @param student the network that learns
 * @param start the weights that the student begins with; random ones when left out
 * @param baseline what the result is compared with, if anything
 * @param normalization of the pictures; the data set's own when left out
 * @param augmentation of the training pictures; teacher and student see the same
 * @param cache where the teachers' knowledge is kept, if it is
 * @param batchSize pictures in one step
 * @param phases what is learnt, one after another
 * @param optimizer how, unless a phase says otherwise
 * @param schedule of the learning rate, unless a phase says otherwise
 * @param seed of first values, order, augmentation and dropout
 */
public record ExperimentConfig(
    @Description("what the student learns to do; decided by the student when left out")
        @Nullable String task,
    @Description("the pictures") DataConfig data,
    @Description("whom to learn from") @Nullable TeacherConfig teacher,
    @Description("whom to learn from, where there are several; each has a name")
        List<TeacherConfig> teachers,
    @Description("the network that learns") NetworkConfig student,
    @Description("the weights that the student begins with; random ones when left out")
        @Nullable StartConfig start,
    @Description("what the result is compared with") @Nullable BaselineConfig baseline,
    @Description("of the pictures; the data set's own when left out")
        @Nullable Normalization normalization,
    @Description("of the training pictures") Augmentation augmentation,
    @Description("where the teachers' knowledge is kept; computed anew in each step when left out")
        @Nullable CacheConfig cache,
    @Description("pictures in one step, 1 or more") int batchSize,
    @Description("what is learnt, one after another") List<PhaseConfig> phases,
    @Description("unless a phase says otherwise") OptimizerConfig optimizer,
    @Description("unless a phase says otherwise") ScheduleConfig schedule,
    @Description("of first values, order, augmentation and dropout") long seed) {

  /** The batch size of a configuration that names none. */
  public static int defaultBatchSize() {
    return 64;
  }

  /** The teachers of a configuration that lists none. */
  public static List<TeacherConfig> defaultTeachers() {
    return List.of();
  }

  /** The seed of a configuration that names none. */
  public static long defaultSeed() {
    return 1;
  }

  /** The optimizer of a configuration that names none. */
  public static OptimizerConfig defaultOptimizer() {
    return OptimizerConfig.defaults();
  }

  /** The schedule of a configuration that names none. */
  public static ScheduleConfig defaultSchedule() {
    return ScheduleConfig.defaults();
  }

  /** Checks the ranges. */
  public ExperimentConfig {
    if (batchSize < 1) {
      throw new InvalidOptionException("batchSize", batchSize, "1 or more");
    }
    if (phases.isEmpty()) {
      throw new InvalidOptionException("phases", "[]", "one phase or more");
    }
    phases = List.copyOf(phases);
    teachers = List.copyOf(teachers);
    if (teacher != null && !teachers.isEmpty()) {
      throw new IllegalArgumentException(
          "teacher and teachers stand side by side; one teacher goes into teacher, several into"
              + " teachers");
    }
    List<String> names = new ArrayList<>();
    for (int t = 0; t < teachers.size(); t++) {
      String name = teachers.get(t).name();
      if (name == null || names.contains(name)) {
        throw new IllegalArgumentException(
            "teachers["
                + t
                + "].name: "
                + (name == null
                    ? "is missing"
                    : "'" + name + "' is taken by teachers[" + names.indexOf(name) + "]")
                + "; each of several teachers needs a name of its own");
      }
      names.add(name);
    }
    requireKnown(phases, teacher == null ? names : namesOf(teacher));
    if (cache != null && augmentation.fixedViews() == 0) {
      throw new IllegalArgumentException(
          "cache: only pictures that come again can be stored, and the augmentation draws fresh"
              + " ones in every epoch; fix: augmentation: {views: 4}, by which each picture has"
              + " four fixed views that the epochs take turns with (more views come closer to fresh"
              + " ones and take more room), or no cache");
    }
  }

  private static List<String> namesOf(TeacherConfig teacher) {
    String name = teacher.name();
    return name == null ? List.of() : List.of(name);
  }

  private static void requireKnown(List<PhaseConfig> phases, List<String> names) {
    for (int p = 0; p < phases.size(); p++) {
      List<TermConfig> objective = phases.get(p).objective();
      for (int t = 0; t < objective.size(); t++) {
        String named = objective.get(t).keys().teacher();
        if (named != null && !names.contains(named)) {
          throw new IllegalArgumentException(
              "phases["
                  + p
                  + "].objective["
                  + t
                  + "].teacher: "
                  + NearestName.unknown(named, names)
                  + (names.isEmpty() ? "; fix: leave it out, or give the teacher that name" : ""));
        }
      }
    }
  }

  /** Every teacher, be it one or several. */
  public List<TeacherConfig> allTeachers() {
    return teacher == null ? teachers : List.of(teacher);
  }

  ExperimentConfig with(
      @Nullable TeacherConfig one,
      List<TeacherConfig> several,
      @Nullable StartConfig begun,
      @Nullable BaselineConfig compared) {
    return new ExperimentConfig(
        task,
        data,
        one,
        several,
        student,
        begun,
        compared,
        normalization,
        augmentation,
        cache,
        batchSize,
        phases,
        optimizer,
        schedule,
        seed);
  }

  /** The same experiment on other data and with another seed, as a fair comparison needs. */
  public ExperimentConfig on(DataConfig otherData, long otherSeed) {
    return new ExperimentConfig(
        task,
        otherData,
        teacher,
        teachers,
        student,
        start,
        baseline,
        normalization,
        augmentation,
        cache,
        batchSize,
        phases,
        optimizer,
        schedule,
        otherSeed);
  }

  /** The rule of a phase: its own, or the experiment's. */
  public OptimizerConfig optimizer(int phase) {
    OptimizerConfig own = phases.get(phase).optimizer();
    return own != null ? own : optimizer;
  }

  /** The schedule of a phase: its own, or the experiment's. */
  public ScheduleConfig schedule(int phase) {
    ScheduleConfig own = phases.get(phase).schedule();
    return own != null ? own : schedule;
  }

  /** The number of epochs of all phases together. */
  public int epochs() {
    return phases.stream().mapToInt(PhaseConfig::epochs).sum();
  }
}
