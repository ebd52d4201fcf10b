package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Knowledge;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSurvey;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.config.NearestName;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.teacher.SurveyedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;

/**
 * Makes terms of their configuration, and tries them on both networks before anything is trained.
 */
final class ObjectiveTerms {

  private final Methods methods;

  ObjectiveTerms(Methods methods) {
    this.methods = methods;
  }

  /** The terms of a phase; two of one name are told apart by a number. */
  List<Term> of(PhaseConfig phase) {
    Map<String, Integer> seen = new HashMap<>();
    List<Term> terms = new ArrayList<>();
    for (TermConfig config : phase.objective()) {
      int count = seen.merge(config.term(), 1, Integer::sum);
      String label = count == 1 ? config.term() : config.term() + "-" + count;
      terms.add(new Term(label, config.weight(), methods.create(config.term(), config.options())));
    }
    return terms;
  }

  /**
   * The taps of both networks.
   *
   * @param teacher none when there is no teacher
   * @param student at least the logits
   */
  record BothShapes(TapShapes teacher, TapShapes student) {}

  /**
   * Builds every term of every phase once, in a graph that is thrown away.
   *
   * @throws ConfigurationException with every tap that does not exist, every term that lacks a
   *     teacher, and every pair of shapes that a method refuses
   */
  BothShapes check(
      List<PhaseConfig> phases, ImageShape shape, Network student, @Nullable Network teacher) {
    List<String> problems = new ArrayList<>();
    BothShapes shapes;
    try (ImageGraph graph = new ImageGraph(shape)) {
      Ops tf = graph.tf();
      Layers learner = Layers.training(tf, new Variables(tf, "student", 0), tf.constant(0L));
      built(graph, learner, student, shape);
      Map<String, Operand<TFloat32>> teacherTaps = Map.of();
      TapShapes teacherShapes = TapShapes.none();
      if (teacher != null) {
        Layers knower = Layers.evaluation(tf, new Variables(tf, "teacher", 0));
        built(graph, knower, teacher, shape);
        teacherTaps = knower.taps();
        teacherShapes = knower.tapShapes();
      }
      shapes = new BothShapes(teacherShapes, learner.tapShapes());
      Operand<TInt32> labels = tf.placeholder(TInt32.class);
      Operand<TInt64> step = tf.constant(0L);
      for (int p = 0; p < phases.size(); p++) {
        List<Term> terms = of(phases.get(p));
        for (int t = 0; t < terms.size(); t++) {
          Term term = terms.get(t);
          String place = "phases[" + p + "].objective[" + t + "]: ";
          try {
            Taps taps = term.method().taps(teacherShapes, learner.tapShapes());
            List<String> missing =
                missing(term, taps, teacherShapes, learner.tapShapes(), teacher != null);
            missing.forEach(problem -> problems.add(place + problem));
            if (missing.isEmpty()) {
              TermScope sees =
                  new TermScope(
                      term.label(),
                      teacherShapes,
                      learner.tapShapes(),
                      new Variables(tf, "auxiliary", 0),
                      labels,
                      step);
              Knowledge knowledge =
                  term.method().teach(tf, sees.teacherSide(taps.teacher(), teacherTaps));
              Operand<TFloat32> loss =
                  term.method()
                      .loss(tf, sees.studentSide(taps.student(), learner.taps()), knowledge);
              requireGradient(graph, loss, taps.student().stream().map(learner::tapped).toList());
            }
          } catch (IllegalArgumentException e) {
            problems.add(place + "term '" + term.label() + "': " + e.getMessage());
          }
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return shapes;
  }

  /**
   * The same terms after they have seen the teacher; those that ask for nothing stay as they are.
   *
   * @param pictures what the teacher is shown
   */
  List<List<Term>> surveyed(
      List<List<Term>> phases, BothShapes shapes, Teacher teacher, ImageDataset pictures) {
    List<String> taps =
        phases.stream()
            .flatMap(List::stream)
            .flatMap(term -> term.method().surveys(shapes.teacher(), shapes.student()).stream())
            .distinct()
            .toList();
    if (taps.isEmpty()) {
      return phases;
    }
    TeacherSurvey survey = SurveyedTeacher.of(teacher, pictures, taps);
    return phases.stream().map(terms -> seen(terms, shapes, survey)).toList();
  }

  private static List<Term> seen(List<Term> terms, BothShapes shapes, TeacherSurvey survey) {
    List<Term> seen = new ArrayList<>();
    for (Term term : terms) {
      boolean asks = !term.method().surveys(shapes.teacher(), shapes.student()).isEmpty();
      seen.add(
          asks
              ? new Term(
                  term.label(),
                  term.weight(),
                  term.method().after(survey, shapes.teacher(), shapes.student()))
              : term);
    }
    return seen;
  }

  /** Of the operations that a method may use not all have a gradient in C++. */
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
    } catch (TensorFlowException e) {
      throw new IllegalArgumentException(
          "its loss cannot be differentiated with respect to all of its taps: " + e.getMessage(),
          e);
    }
  }

  private static void built(ImageGraph graph, Layers nn, Network network, ImageShape shape) {
    List<Double> none = java.util.Collections.nCopies(shape.channels(), 0.0);
    List<Double> one = java.util.Collections.nCopies(shape.channels(), 1.0);
    Operand<TFloat32> images = graph.normalised(nn.tf(), new Normalization(none, one));
    nn.tap(Taps.LOGITS, network.build(nn, images));
  }

  private static List<String> missing(
      Term term, Taps taps, TapShapes teacher, TapShapes student, boolean hasTeacher) {
    List<String> problems = new ArrayList<>();
    if (!taps.teacher().isEmpty() && !hasTeacher) {
      problems.add(
          "term '" + term.label() + "' learns from a teacher and there is none; fix: add teacher:");
      return problems;
    }
    unknown(problems, "the teacher", taps.teacher(), teacher.names());
    unknown(problems, "the student", taps.student(), student.names());
    return problems;
  }

  private static void unknown(
      List<String> problems, String side, List<String> wanted, Set<String> known) {
    for (String tap : wanted) {
      if (!known.contains(tap)) {
        problems.add(NearestName.unknown("tap of " + side, tap, known));
      }
    }
  }
}
