package org.kt4j.engine.objective;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.kt4j.api.CalibrationStatistics;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.config.NearestName;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.MachineMemory;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.Upstream;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.source.TeacherPlan;
import org.kt4j.engine.teacher.CalibrationPass;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** Creates terms from their configuration and checks them with both networks before training. */
public final class ObjectiveTerms {

  private final Methods methods;

  /** Terms of known methods. */
  public ObjectiveTerms(Methods methods) {
    this.methods = methods;
  }

  /**
   * The terms of every phase, and the taps that they were checked with.
   *
   * @param teachers each teacher's taps, by name
   * @param student at least the logits
   * @param phases the terms of each phase; a term that reads no teacher has exactly one teacher
   *     term
   */
  public record Checked(
      Map<String, TapShapes> teachers, TapShapes student, List<List<Term>> phases) {

    /** The taps of a term's teacher; none if there is no teacher. */
    public TapShapes teacher(TeacherTerm teacherTerm) {
      return teachers.getOrDefault(teacherTerm.teacher(), TapShapes.none());
    }

    /**
     * The taps of a teacher that terms read or are calibrated on, and its logits, as far as they
     * depend on the picture alone.
     */
    public List<String> read(TeacherPlan plan) {
      TapShapes known = plan.teacher().taps();
      Stream<String> ofTerms =
          phases.stream()
              .flatMap(List::stream)
              .flatMap(term -> term.teacherTerms().stream())
              .filter(teacherTerm -> teacherTerm.teacher().equals(plan.name()))
              .flatMap(
                  teacherTerm ->
                      Stream.concat(
                          teacherTerm.method().taps(known, student).teacher().stream(),
                          calibrationTaps(teacherTerm, this).stream()));
      return Stream.concat(Stream.of(Taps.LOGITS), ofTerms)
          .filter(known.names()::contains)
          .filter(tap -> !plan.teacher().stepTaps().contains(tap))
          .distinct()
          .toList();
    }

    Checked with(List<List<Term>> others) {
      return new Checked(teachers, student, others);
    }
  }

  /**
   * How the pictures of a training come.
   *
   * @param size pictures in one step
   * @param pictures of one epoch
   * @param replication the workers that share them
   */
  public record Batches(int size, int pictures, Replication replication) {}

  /** The terms of a phase, as far as that is known without shapes. */
  private List<Term> of(PhaseConfig phase, List<TeacherPlan> teachers) {
    Map<String, Integer> seen = new HashMap<>();
    List<Term> terms = new ArrayList<>();
    for (TermConfig config : phase.objective()) {
      int count = seen.merge(config.term(), 1, Integer::sum);
      String label = count == 1 ? config.term() : config.term() + "-" + count;
      KnowledgeTransfer method = methods.create(config.term(), config.options());
      String only = config.keys().teacher();
      List<TeacherPlan> from =
          teachers.stream().filter(each -> only == null || each.name().equals(only)).toList();
      double all = from.stream().mapToDouble(TeacherPlan::weight).sum();
      terms.add(
          from.isEmpty()
              ? new Term(label, config.weight(), method)
              : new Term(
                  label,
                  config.weight(),
                  from.stream()
                      .map(each -> new TeacherTerm(each.name(), each.weight() / all, method))
                      .toList()));
    }
    return terms;
  }

  /**
   * Builds every term of every phase once, in a graph that is thrown away.
   *
   * @param batches of the training
   * @throws ConfigurationException with every tap that does not exist, every term that lacks a
   *     teacher, and every pair of shapes that a method refuses; or when a step does not fit into
   *     the memory of this machine
   */
  public Checked check(
      List<PhaseConfig> phases,
      Batches batches,
      ImageShape shape,
      StudentGraph.Source student,
      List<TeacherPlan> teachers) {
    List<TermProblem> problems = new ArrayList<>();
    Map<String, TapShapes> shapes = new LinkedHashMap<>();
    Map<String, Set<String>> stepTaps = new LinkedHashMap<>();
    Map<String, MountedTeacher> mounted = new LinkedHashMap<>();
    List<List<Term>> checked = new ArrayList<>();
    try (ImageGraph graph = new ImageGraph(shape)) {
      Ops tf = graph.tf();
      StepInputs inputs =
          new StepInputs(tf, tf.constant(0L), batches.pictures(), 0, batches.replication());
      Variables variables = new Variables(tf, "student", 0);
      StudentGraph studentGraph = student.build(graph, variables, inputs.step());
      StepMemory.of(graph, variables).require(batches.size(), shape, MachineMemory.bytes());
      for (TeacherPlan plan : teachers) {
        shapes.put(plan.name(), plan.teacher().taps());
        stepTaps.put(plan.name(), plan.teacher().stepTaps());
        mounted.put(
            plan.name(),
            plan.teacher().mount(graph, "teacher-" + plan.name(), plan.teacher().taps().names()));
      }
      Set<String> before = Set.of();
      for (int p = 0; p < phases.size(); p++) {
        Set<String> trained = new HashSet<>();
        Trial trial =
            new Trial(
                graph, studentGraph, shapes, stepTaps, mounted, inputs, problems, before, trained);
        List<Term> terms = new ArrayList<>();
        for (Term term : of(phases.get(p), teachers)) {
          terms.add(trial.tried(term, new Place(p, terms.size())));
        }
        checked.add(terms);
        before = trained;
      }
      if (!problems.isEmpty()) {
        throw new ObjectiveException(problems);
      }
      return new Checked(shapes, studentGraph.shapes(), checked);
    }
  }

  /** Where a term stands in a configuration. */
  private record Place(int phase, int term) {

    TermProblem problem(String label, String words) {
      return new TermProblem(phase, term, label, words);
    }
  }

  /**
   * A graph with the student and all teachers, and the problems that were found so far.
   *
   * @param before the terms' own variables that the phase before hands on
   * @param trained those that this phase trains, or hands on as it got them
   */
  private record Trial(
      ImageGraph graph,
      StudentGraph studentGraph,
      Map<String, TapShapes> shapes,
      Map<String, Set<String>> stepTaps,
      Map<String, MountedTeacher> mounted,
      StepInputs inputs,
      List<TermProblem> problems,
      Set<String> before,
      Set<String> trained) {

    /** The term, with one teacher term where it turns out to read no teacher. */
    Term tried(Term term, Place place) {
      boolean taught = false;
      for (TeacherTerm teacherTerm : term.teacherTerms()) {
        String who =
            term.teacherTerms().size() == 1
                ? ""
                : "of the teacher '" + teacherTerm.teacher() + "': ";
        try {
          taught |= learns(term, teacherTerm, place, who);
        } catch (IllegalArgumentException e) {
          problems.add(place.problem(term.label(), who + e.getMessage()));
        }
      }
      TeacherTerm first = term.teacherTerms().get(0);
      return taught || term.teacherTerms().size() == 1
          ? term
          : new Term(
              term.label(),
              term.weight(),
              List.of(new TeacherTerm(first.teacher(), 1, first.method())));
    }

    /** Whether anything is learnt from the teacher. */
    private boolean learns(Term term, TeacherTerm teacherTerm, Place place, String who) {
      TapShapes known = shapes.getOrDefault(teacherTerm.teacher(), TapShapes.none());
      MountedTeacher teacher = mounted.get(teacherTerm.teacher());
      Taps taps = teacherTerm.method().taps(known, studentGraph.shapes());
      if (!taps.teacher().isEmpty() && teacher == null) {
        throw new IllegalArgumentException(
            "learns from a teacher and there is none; fix: add teacher:");
      }
      List<String> unknown = unknown(taps, known, studentGraph.shapes());
      unknown.forEach(words -> problems.add(place.problem("", who + words)));
      if (unknown.isEmpty()) {
        requireEqualRows(taps, stepTaps.getOrDefault(teacherTerm.teacher(), Set.of()));
        Ops tf = graph.tf();
        Variables auxiliary = new Variables(tf, "auxiliary", 0);
        TermScope sees =
            new TermScope(
                term.label(teacherTerm),
                known,
                studentGraph.shapes(),
                auxiliary,
                studentGraph.labels(),
                inputs);
        Knowledge knowledge =
            teacherTerm
                .method()
                .teach(
                    tf,
                    sees.teacherSide(taps.teacher(), teacher == null ? Map.of() : teacher.taps()));
        Operand<TFloat32> loss =
            teacherTerm
                .method()
                .loss(
                    tf,
                    sees.studentSide(taps.student(), studentGraph.taps(), studentGraph.stepTaps()),
                    knowledge);
        if (loss.shape().numDimensions() > 0) {
          throw new IllegalArgumentException(
              "its loss has the shape " + loss.shape() + "; allowed: a scalar, the batch's mean");
        }
        requireGradient(
            graph, loss, taps.student().stream().map(studentGraph.taps()::get).toList());
        requireTrained(loss, auxiliary);
      }
      return !taps.teacher().isEmpty();
    }

    /** Throws when a term computes with variables of its own that nothing has trained. */
    private void requireTrained(Operand<TFloat32> loss, Variables auxiliary) {
      Set<Output<?>> slopes = Upstream.slopes(loss);
      List<String> idle = new ArrayList<>();
      for (Variable variable : auxiliary.trainable()) {
        if (slopes.contains(variable.value().asOutput()) || before.contains(variable.name())) {
          trained.add(variable.name());
        } else {
          idle.add(variable.name());
        }
      }
      if (!idle.isEmpty()) {
        throw new IllegalArgumentException(
            "computes with "
                + String.join(", ", idle)
                + ", which it does not train and which the phase directly before does not hand on;"
                + " fix: put a phase there that trains them with the same layers, if the method has"
                + " one");
      }
    }

    /** Throws when a layer of pictures is paired with one of something that a step has chosen. */
    private void requireEqualRows(Taps taps, Set<String> ofTeacher) {
      if (taps.teacher().size() != taps.student().size()) {
        return;
      }
      for (int t = 0; t < taps.teacher().size(); t++) {
        String taught = taps.teacher().get(t);
        String own = taps.student().get(t);
        boolean regions = ofTeacher.contains(taught);
        if (regions != studentGraph.stepTaps().contains(own)) {
          throw new IllegalArgumentException(
              "pairs the teacher's '"
                  + taught
                  + "' with the student's '"
                  + own
                  + "', and the rows of "
                  + (regions
                      ? "the first are regions, those of the second pictures"
                      : "the first are pictures, those of the second regions")
                  + "; fix: pair feature maps with feature maps, and "
                  + String.join(", ", studentGraph.stepTaps())
                  + " with each other");
        }
      }
    }
  }

  /**
   * Calibrates terms on their teachers. Terms without calibration taps stay as they are.
   *
   * @param teachers by name, in the same order in all workers
   * @param pictures that the teachers are run on
   * @param replicas the workers, which call this together
   */
  public Checked calibrated(
      Checked checked, Map<String, Teacher> teachers, ImageDataset pictures, Replicas replicas) {
    Map<String, CalibrationStatistics> statistics = new HashMap<>();
    teachers.forEach(
        (name, teacher) -> {
          List<String> taps =
              checked.phases().stream()
                  .flatMap(List::stream)
                  .flatMap(term -> term.teacherTerms().stream())
                  .filter(teacherTerm -> teacherTerm.teacher().equals(name))
                  .flatMap(teacherTerm -> calibrationTaps(teacherTerm, checked).stream())
                  .distinct()
                  .toList();
          requireOfPictures(name, taps, teacher);
          if (!taps.isEmpty()) {
            statistics.put(name, CalibrationPass.of(teacher, pictures, taps, replicas));
          }
        });
    return checked.with(
        mapped(
            checked.phases(),
            (term, teacherTerm) -> {
              CalibrationStatistics measured = statistics.get(teacherTerm.teacher());
              return measured == null || calibrationTaps(teacherTerm, checked).isEmpty()
                  ? teacherTerm
                  : teacherTerm.with(
                      teacherTerm
                          .method()
                          .calibrated(measured, checked.teacher(teacherTerm), checked.student()),
                      null);
            }));
  }

  private static void requireOfPictures(String name, List<String> taps, Teacher teacher) {
    List<String> ofStep = taps.stream().filter(teacher.stepTaps()::contains).toList();
    if (!ofStep.isEmpty()) {
      throw ConfigurationException.of(
          "a term wants to see "
              + String.join(", ", ofStep)
              + " of the teacher '"
              + name
              + "' on many pictures before training, but these are of the regions of one step;"
              + " fix: an option that reads feature maps, or none that needs a calibration");
    }
  }

  private static List<String> calibrationTaps(TeacherTerm teacherTerm, Checked checked) {
    return teacherTerm.method().calibrationTaps(checked.teacher(teacherTerm), checked.student());
  }

  /** The same terms with other teacher terms. */
  static List<List<Term>> mapped(
      List<List<Term>> phases, BiFunction<Term, TeacherTerm, TeacherTerm> change) {
    return phases.stream()
        .map(
            terms ->
                terms.stream()
                    .map(
                        term ->
                            new Term(
                                term.label(),
                                term.weight(),
                                term.teacherTerms().stream()
                                    .map(teacherTerm -> change.apply(term, teacherTerm))
                                    .toList()))
                    .toList())
        .toList();
  }

  /** Throws when the loss has no gradient: not every operation has one in C++. */
  private static void requireGradient(
      ImageGraph graph, Operand<TFloat32> loss, List<Operand<TFloat32>> activations) {
    if (activations.isEmpty()) {
      return;
    }
    try {
      graph
          .graph()
          .addGradients(
              loss.asOutput(),
              activations.stream().map(Operand::asOutput).toArray(Output<?>[]::new));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "its loss cannot be differentiated with respect to all of its taps: "
              + TensorFlowFailure.reason(e),
          e);
    }
  }

  private static List<String> unknown(Taps taps, TapShapes teacher, TapShapes student) {
    List<String> problems = new ArrayList<>();
    unknown(problems, "the teacher", taps.teacher(), teacher);
    unknown(problems, "the student", taps.student(), student);
    return problems;
  }

  private static void unknown(
      List<String> problems, String side, List<String> wanted, TapShapes known) {
    // A scalar is a loss of the task's own, which no other term can use.
    List<String> readable =
        known.names().stream().filter(tap -> known.shape(tap).numDimensions() > 0).toList();
    for (String tap : wanted) {
      if (!known.contains(tap)) {
        problems.add(NearestName.unknown("tap of " + side, tap, readable));
      }
    }
  }
}
