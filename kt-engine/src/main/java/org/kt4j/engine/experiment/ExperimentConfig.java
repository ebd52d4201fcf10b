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
 * The configuration of one experiment.
 *
 * @param task the name of the task; the student decides it when left out
 * @param data the pictures
 * @param teacher the only teacher, if there is one
 * @param teachers several teachers; empty otherwise
 * @param student the network that learns
 * @param start the weights that the student begins with; random ones when left out
 * @param baseline the configuration that the result is compared with, if there is one
 * @param normalization of the pictures; the data set's own when left out
 * @param augmentation of the training pictures; teacher and student see the same
 * @param cache where the teachers' knowledge is stored; null without a cache
 * @param batchSize pictures in one step, of all workers together
 * @param batchNorm what batch normalisation takes its statistics from where several workers train;
 *     local when left out
 * @param phases the phases in their order
 * @param optimizer the optimizer of phases that name none
 * @param schedule the learning-rate schedule of phases that name none
 * @param seed of initial weights, order, augmentation and dropout
 */
public record ExperimentConfig(
    @Description("the task's name; decided by the student when left out") @Nullable String task,
    @Description("the pictures") DataConfig data,
    @Description("the teacher") @Nullable TeacherConfig teacher,
    @Description("several teachers, each with a name") List<TeacherConfig> teachers,
    @Description("the network that learns") StudentConfig student,
    @Description("the weights that the student begins with; random ones when left out")
        @Nullable StartConfig start,
    @Description("the configuration that the result is compared with")
        @Nullable BaselineConfig baseline,
    @Description("normalization of the pictures; the data set's own when left out")
        @Nullable Normalization normalization,
    @Description("augmentation of the training pictures") Augmentation augmentation,
    @Description("where the teachers' knowledge is stored; computed in each step when left out")
        @Nullable CacheConfig cache,
    @Description("pictures in one step, 1 to 65536") int batchSize,
    @Description("statistics of batch normalisation where several workers train")
        @Nullable BatchNorm batchNorm,
    @Description("the phases of the training, one after another") List<PhaseConfig> phases,
    @Description("the optimizer of phases that name none") OptimizerConfig optimizer,
    @Description("the learning-rate schedule of phases that name none") ScheduleConfig schedule,
    @Description("seed of initial weights, order, augmentation and dropout") long seed) {

  private static final int LARGEST_BATCH = 65_536;

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
    if (batchSize < 1 || batchSize > LARGEST_BATCH) {
      throw new InvalidOptionException("batchSize", batchSize, "1 to " + LARGEST_BATCH);
    }
    if (phases.isEmpty()) {
      throw new InvalidOptionException("phases", "[]", "one phase or more");
    }
    long epochs = phases.stream().mapToLong(PhaseConfig::epochs).sum();
    if (epochs > PhaseConfig.MOST_EPOCHS) {
      throw new InvalidOptionException(
          "phases",
          epochs + " epochs of all phases together",
          "at most " + PhaseConfig.MOST_EPOCHS);
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
    requireWithoutMask(student, phases);
    if (cache != null && augmentation.fixedViews() == 0) {
      throw new IllegalArgumentException(
          "cache: only pictures that come again can be stored, and the augmentation draws fresh"
              + " ones in every epoch; fix: augmentation: {views: 4}, by which each picture has"
              + " four fixed views that the epochs take turns with (more views come closer to fresh"
              + " ones and take more room), or no cache");
    }
  }

  private static void requireWithoutMask(StudentConfig student, List<PhaseConfig> phases) {
    for (int p = 0; p < phases.size(); p++) {
      if (student.mask() != null && phases.get(p).freeze() != null) {
        throw new IllegalArgumentException(
            "phases["
                + p
                + "].freeze: stands beside student.mask, which sets weights of all layers to zero in"
                + " the course of the training; allowed: one of the two; fix: a run with mask alone,"
                + " and one with freeze that starts from it or that it starts from");
      }
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

  /**
   * The key of a teacher, for messages.
   *
   * @param index in {@link #allTeachers()}
   */
  public String teacherKey(int index) {
    return teacher != null ? "teacher" : "teachers[" + index + "]";
  }

  /** All teachers, whether there is one or several. */
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
        batchNorm,
        phases,
        optimizer,
        schedule,
        seed);
  }

  /** The same experiment with a student that begins with other weights. */
  public ExperimentConfig with(
      StudentConfig other, @Nullable StartConfig begun, List<PhaseConfig> trained) {
    return new ExperimentConfig(
        task,
        data,
        teacher,
        teachers,
        other,
        begun,
        baseline,
        normalization,
        augmentation,
        cache,
        batchSize,
        batchNorm,
        trained,
        optimizer,
        schedule,
        seed);
  }

  /** The same experiment with pictures that are normalised otherwise. */
  public ExperimentConfig with(Normalization other) {
    return new ExperimentConfig(
        task,
        data,
        teacher,
        teachers,
        student,
        start,
        baseline,
        other,
        augmentation,
        cache,
        batchSize,
        batchNorm,
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
        batchNorm,
        phases,
        optimizer,
        schedule,
        otherSeed);
  }

  /**
   * What a step of this experiment computes, with another number of pictures: its teachers are
   * asked in each step and not once for a cache, and it begins with random weights.
   *
   * @param pictures in a step
   */
  public ExperimentConfig stepsOf(int pictures) {
    return new ExperimentConfig(
        task,
        data,
        teacher,
        teachers,
        student,
        null,
        null,
        normalization,
        augmentation,
        null,
        pictures,
        batchNorm,
        phases,
        optimizer,
        schedule,
        seed);
  }

  /** The optimizer of a phase: its own, or the experiment's. */
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
