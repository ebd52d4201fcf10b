package org.kt4j.engine.task;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.cache.TeacherAnswers;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.experiment.CacheConfig;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.MaskConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Upstream;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.mask.Masks;
import org.kt4j.engine.objective.CachedKnowledge;
import org.kt4j.engine.objective.ObjectiveTerms;
import org.kt4j.engine.objective.StudentGraph;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.Tuning;
import org.kt4j.engine.teacher.FiniteTaps;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Output;

/**
 * The objective of one run before its first step. It is checked with student and teachers, then
 * calibrated on the teachers, then given their cached knowledge. Every task uses it.
 */
public final class RunObjective {

  private final ExperimentConfig config;
  private final int pictures;
  private final Map<String, Teacher> teachers;
  private final List<TeacherPlan> plans;
  private final ObjectiveTerms terms;
  private final Replication replication;
  private final ImageShape shape;
  private final StudentGraph.Source student;
  private final List<Tuning> tunings;

  /** What phases say of parts of the student, by the index of the phase; in words. */
  private final Map<Integer, List<String>> tuned = new LinkedHashMap<>();

  private ObjectiveTerms.Checked checked;

  /**
   * Builds every term of every phase once, in a graph that is thrown away.
   *
   * @param terms creates terms from their configuration
   * @param config of the run
   * @param pictures the number of training pictures
   * @param shape that pictures have in the student
   * @param student adds the student to a graph
   * @param teachers of the run
   * @param replication the workers that train it
   * @throws org.kt4j.config.ConfigurationException with everything that does not fit
   */
  public RunObjective(
      ObjectiveTerms terms,
      ExperimentConfig config,
      int pictures,
      ImageShape shape,
      StudentGraph.Source student,
      Teachers teachers,
      Replication replication) {
    this.config = config;
    this.shape = shape;
    this.student = student;
    this.pictures = pictures;
    this.replication = replication;
    this.terms = terms;
    this.teachers = teachers.byName();
    this.plans = teachers.plans();
    this.checked =
        terms.check(
            config.phases(),
            new ObjectiveTerms.Batches(config.batchSize(), pictures, replication),
            shape,
            student,
            teachers.plans());
    if (config.cache() != null) {
      CachedKnowledge.requireStorable(checked, this.teachers);
    }
    MaskConfig mask = config.student().mask();
    if (mask != null) {
      tried((variables, built) -> Masks.require(mask, variables, built.fixed()));
    }
    List<Tuning> found = new ArrayList<>(Collections.nCopies(config.phases().size(), Tuning.ALL));
    if (config.phases().stream().anyMatch(PhaseConfig::tunes)) {
      tried((variables, built) -> tune(variables, built, found));
    }
    tunings = List.copyOf(found);
  }

  private void tried(BiConsumer<Variables, StudentGraph> look) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      Variables variables = new Variables(graph.tf(), "student", 0);
      look.accept(variables, student.build(graph, variables, graph.tf().constant(0L)));
    }
  }

  /**
   * Builds the student once, in a graph that is thrown away.
   *
   * @param look sees its variables, which have no values
   */
  public void tryStudent(Consumer<Variables> look) {
    tried((variables, built) -> look.accept(variables));
  }

  private void tune(Variables variables, StudentGraph built, List<Tuning> found) {
    List<String> problems = new ArrayList<>();
    for (int p = 0; p < found.size(); p++) {
      PhaseConfig phase = config.phases().get(p);
      if (phase.tunes()) {
        try {
          Tuning tuning = Tuning.of(phase, p, variables, built.fixed());
          found.set(p, tuning);
          List<String> words = new ArrayList<>(List.of(tuning.described(phase, variables)));
          if (!tuning.frozen().isEmpty()) {
            words.addAll(idle(p, tuning, variables, built));
          }
          tuned.put(p, words);
        } catch (ConfigurationException e) {
          problems.addAll(e.problems());
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /**
   * What is to be said of terms that read frozen layers alone.
   *
   * @throws ConfigurationException when all of the phase do
   */
  private List<String> idle(int index, Tuning tuning, Variables variables, StudentGraph built) {
    Set<Output<?>> learnt =
        variables.trainable().stream()
            .filter(each -> !tuning.frozen().contains(each.name()))
            .filter(each -> !built.fixed().contains(each))
            .map(Variable::value)
            .collect(Collectors.toUnmodifiableSet());
    List<String> words = new ArrayList<>();
    List<Term> terms = checked.phases().get(index);
    for (Term term : terms) {
      List<String> taps =
          term.teacherTerms().stream()
              .flatMap(each -> taps(each).student().stream())
              .distinct()
              .toList();
      boolean learns =
          taps.isEmpty()
              || taps.stream()
                  .map(built.taps()::get)
                  .filter(Objects::nonNull)
                  .anyMatch(tap -> !Collections.disjoint(Upstream.slopes(tap), learnt));
      if (!learns) {
        words.add(
            term.label()
                + " reads frozen layers alone ("
                + String.join(", ", taps)
                + "): it teaches the student nothing in this phase");
      }
    }
    if (words.size() == terms.size()) {
      throw ConfigurationException.of(
          "phases["
              + index
              + "].freeze: nothing is left to learn: "
              + String.join("; ", words)
              + "; fix: name less in freeze, or give the phase a term that reads a later layer");
    }
    return words;
  }

  private Taps taps(TeacherTerm term) {
    return term.method().taps(checked.teacher(term), checked.student());
  }

  /**
   * Reports to the listener which layers each term reads, except for terms that read only the
   * logits.
   */
  public void announce(TrainingListener listener) {
    for (int p = 0; p < checked.phases().size(); p++) {
      String phase = config.phases().get(p).name();
      tuned.getOrDefault(p, List.of()).forEach(words -> listener.tunes(phase, words));
      for (Term term : checked.phases().get(p)) {
        for (TeacherTerm each : term.teacherTerms()) {
          Taps taps = taps(each);
          boolean transfers = !taps.teacher().isEmpty();
          if (transfers && !taps.student().equals(List.of(Taps.LOGITS))) {
            listener.termReads(phase, term.label(each), taps);
          }
        }
      }
    }
  }

  /**
   * Runs the teachers on some pictures and looks at every tap that is read of them.
   *
   * @param pictures the training pictures without augmentation
   * @throws org.kt4j.config.ConfigurationException when a teacher gives NaN or infinite values
   */
  public void requireFinite(ImageDataset pictures) {
    for (TeacherPlan plan : plans) {
      FiniteTaps.require(plan.place(), plan.teacher(), checked.read(plan), pictures);
    }
  }

  /**
   * Calibrates the terms that ask for it on their teachers.
   *
   * @param pictures the training pictures without augmentation
   */
  public void calibrate(ImageDataset pictures) {
    checked = terms.calibrated(checked, teachers, pictures, replication.replicas());
  }

  /** Whether the configuration has a cache. */
  public boolean isCached() {
    return config.cache() != null;
  }

  /**
   * Computes the knowledge that is not stored yet, if the configuration has a cache.
   *
   * @param views the fixed views of the training pictures
   */
  public void cache(Views views, TrainingListener listener) {
    CacheConfig cache = config.cache();
    if (cache != null) {
      checked = cached(cache, views).of(checked, teachers, config.phases(), listener);
    }
  }

  /**
   * What {@link #cache} would look for; empty if the configuration has no cache.
   *
   * @param views the fixed views of the training pictures
   */
  public List<KnowledgeDemand> knowledge(Views views) {
    CacheConfig cache = config.cache();
    return cache == null
        ? List.of()
        : cached(cache, views).wanted(checked, teachers, config.phases());
  }

  private CachedKnowledge cached(CacheConfig cache, Views views) {
    return new CachedKnowledge(
        new KnowledgeCache(cache.folder(), replication.replicas()), cache.precision(), views);
  }

  /**
   * What teachers say of pictures that do not change, from the cache if the configuration has one.
   *
   * @return the rows of all pictures, one after another
   */
  public float[] answers(TeacherAnswers answers) {
    CacheConfig cache = config.cache();
    Replicas replicas = replication.replicas();
    return cache == null
        ? answers.computed(replicas)
        : new KnowledgeCache(cache.folder(), replicas).answers(answers);
  }

  /** The workers that train. */
  public Replicas replicas() {
    return replication.replicas();
  }

  /** The terms of each phase. */
  public List<List<Term>> phases() {
    return checked.phases();
  }

  /**
   * Teachers, terms and optimizer of a phase.
   *
   * @param phase its index
   * @param firstStep steps that earlier phases have done
   */
  public DistillationStep.Blueprint blueprint(int phase, long firstStep) {
    return new DistillationStep.Blueprint(
        teachers,
        checked.phases().get(phase),
        config.optimizer(phase),
        firstStep,
        pictures,
        pictures / config.batchSize(),
        config.student().mask(),
        tunings.get(phase),
        replication);
  }
}
