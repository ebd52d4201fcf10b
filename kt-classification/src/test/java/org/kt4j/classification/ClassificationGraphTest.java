package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Knowledge;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.StudentSide;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.api.TeacherSide;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.objective.TeacherTerm;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.StepReport;
import org.kt4j.engine.teacher.NetworkTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.FrozenNetwork;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.NodeExecStats;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TUint8;

class ClassificationGraphTest {

  private static final ImageShape PIXEL = new ImageShape(1, 1, 1);
  private static final Normalization AS_IT_IS = new Normalization(List.of(0.0), List.of(1.0));

  /** One white pixel is the input 1, so the logit is w + b. */
  private static final Batch WHITE =
      new Batch(new byte[] {(byte) 255}, new int[] {0}, new int[1], 1);

  private static final Network LINE = (nn, images) -> nn.dense("linear", nn.flatten(images), 1);

  /** Half the squared distance of the logits to the teacher's, or to zero without a teacher. */
  private record HalfSquare(String tap, boolean taught) implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(taught ? List.of(tap) : List.of(), List.of(tap));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return taught ? Knowledge.of("logits", teacher.activation(tap)) : Knowledge.none();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> own = student.activation(tap);
      Operand<TFloat32> distance = taught ? tf.math.sub(own, knowledge.get("logits")) : own;
      return tf.math.mul(
          tf.math.mean(
              tf.math.square(distance), tf.range(tf.constant(0), tf.rank(own), tf.constant(1))),
          tf.constant(0.5f));
    }
  }

  private static OptimizerConfig sgd(double momentum, double weightDecay, double clipNorm) {
    return new OptimizerConfig.Sgd(0.1, momentum, true, weightDecay, false, clipNorm);
  }

  private static NetworkGraph.Blueprint blueprint(
      ImageShape shape,
      Network student,
      Map<String, Teacher> teachers,
      List<Term> terms,
      OptimizerConfig optimizer,
      long seed) {
    return new NetworkGraph.Blueprint(
        shape,
        student,
        AS_IT_IS,
        new ClassLabels(),
        new DistillationStep.Blueprint(teachers, terms, optimizer, 1),
        seed);
  }

  private static NetworkGraph line(OptimizerConfig optimizer) {
    Term term = new Term("half-square", 1, new HalfSquare(Taps.LOGITS, false));
    NetworkGraph graph =
        new NetworkGraph(blueprint(PIXEL, LINE, Map.of(), List.of(term), optimizer, 1));
    graph.graph().assign(Map.of(variable(graph, "linear.weight"), new float[] {2}));
    return graph;
  }

  private static Variable variable(NetworkGraph graph, String name) {
    return graph.student().all().stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static float value(NetworkGraph graph, String name) {
    return graph.graph().read(variable(graph, name))[0];
  }

  @Test
  void sgd_with_nesterov_momentum_and_decay_moves_as_worked_by_hand() {
    try (NetworkGraph graph = line(sgd(0.9, 0.1, 0))) {

      graph.step(WHITE, 0.1, 0);

      // g = 2 + 0.1 * 2 = 2.2; v = 2.2; w = 2 - 0.1 (2.2 + 0.9 * 2.2). The bias does not decay.
      assertThat(value(graph, "linear.weight")).isCloseTo(1.582f, within(1e-5f));
      assertThat(value(graph, "linear.bias")).isCloseTo(-0.38f, within(1e-5f));

      graph.step(WHITE, 0.1, 1);

      // g = 1.202 + 0.1582; v = 0.9 * 2.2 + 1.3602 = 3.3402; w = 1.582 - 0.1 (1.3602 + 0.9 v)
      assertThat(value(graph, "linear.weight")).isCloseTo(1.145362f, within(1e-5f));
      assertThat(value(graph, "linear.bias")).isCloseTo(-0.77038f, within(1e-5f));
    }
  }

  /** So an untrained network of that seed is the student before its training. */
  @Test
  void a_student_begins_with_the_values_of_an_untrained_network_of_its_seed() {
    Term term = new Term("half-square", 1, new HalfSquare(Taps.LOGITS, false));
    NetworkGraph.Blueprint blueprint =
        blueprint(PIXEL, LINE, Map.of(), List.of(term), sgd(0.9, 0, 0), 7);
    try (NetworkGraph graph = new NetworkGraph(blueprint);
        FrozenNetwork same =
            new FrozenNetwork(PIXEL, NetworkTeacher.untrained(LINE, AS_IT_IS, PIXEL, 7));
        FrozenNetwork other =
            new FrozenNetwork(PIXEL, NetworkTeacher.untrained(LINE, AS_IT_IS, PIXEL, 8))) {
      float[] first = graph.studentLogits(WHITE.images(), 1);

      assertThat(same.logits(WHITE.images(), 1)).isEqualTo(first);
      assertThat(other.logits(WHITE.images(), 1)).isNotEqualTo(first);
    }
  }

  @Test
  void adam_adds_the_decay_to_the_gradient_and_adam_w_to_the_weight() {
    try (NetworkGraph adam = line(new OptimizerConfig.Adam(0.1, 0.9, 0.999, 1e-8, 0.1, false, 0));
        NetworkGraph adamW =
            line(new OptimizerConfig.AdamW(0.1, 0.9, 0.999, 1e-8, 0.1, false, 0))) {

      adam.step(WHITE, 0.1, 0);
      adamW.step(WHITE, 0.1, 0);

      // Adam's first step is the learning rate, whatever the gradient's size.
      assertThat(value(adam, "linear.weight")).isCloseTo(1.9f, within(1e-5f));
      assertThat(value(adamW, "linear.weight"))
          .isCloseTo(2 - 0.1f * 0.1f * 2 - 0.1f, within(1e-5f));
      assertThat(value(adamW, "linear.bias")).isCloseTo(-0.1f, within(1e-5f));
    }
  }

  @Test
  void clipping_scales_the_whole_gradient_to_the_limit() {
    try (NetworkGraph graph = line(sgd(0, 0, 1))) {

      graph.step(WHITE, 0.1, 0);

      // The gradient is (2, 2) with norm 2.828; scaled to norm 1 each part is 0.70711.
      assertThat(value(graph, "linear.weight")).isCloseTo(1.929289f, within(1e-5f));
      assertThat(value(graph, "linear.bias")).isCloseTo(-0.070711f, within(1e-5f));
    }
  }

  @Test
  void a_step_reports_the_loss_before_its_update_and_the_weighted_sum() {
    List<Term> terms =
        List.of(
            new Term("one", 3, new HalfSquare(Taps.LOGITS, false)),
            new Term("two", 0.5, new HalfSquare(Taps.LOGITS, false)));
    try (NetworkGraph graph =
        new NetworkGraph(blueprint(PIXEL, LINE, Map.of(), terms, OptimizerConfig.defaults(), 1))) {
      graph.graph().assign(Map.of(variable(graph, "linear.weight"), new float[] {2}));

      StepReport report = graph.step(WHITE, 0.1, 0);

      assertThat(report.terms()).containsExactly(2f, 2f);
      assertThat(report.objective()).isEqualTo(7f);
      assertThat(report.score()).isEqualTo(1f);
    }
  }

  /** Its logit of a white pixel is one more than its weight. */
  private static Teacher teacher(float weight) {
    Weights weights =
        new Weights(
            "by hand",
            Map.of(
                "linear.weight", new Weights.Array(Shape.of(1, 1), new float[] {weight}),
                "linear.bias", new Weights.Array(Shape.of(1), new float[] {1})));
    return new NetworkTeacher("by hand", LINE, PIXEL, AS_IT_IS, () -> weights);
  }

  @Test
  void the_student_learns_from_the_teacher_and_the_teacher_stays_as_it_is() {
    Teacher teacher = teacher(5);
    Term term = new Term("half-square", 1, new HalfSquare(Taps.LOGITS, true));
    try (NetworkGraph graph =
        new NetworkGraph(
            blueprint(
                PIXEL,
                LINE,
                Map.of(TeacherTerm.ONLY_TEACHER, teacher),
                List.of(term),
                sgd(0, 0, 0),
                1))) {
      graph.graph().assign(Map.of(variable(graph, "linear.weight"), new float[] {2}));

      float first = graph.step(WHITE, 0.1, 0).terms()[0];
      float second = graph.step(WHITE, 0.1, 1).terms()[0];

      // Distance 6 - 2 = 4, loss 8; both parameters move by 0.4, distance 3.2, loss 5.12.
      assertThat(first).isCloseTo(8f, within(1e-5f));
      assertThat(second).isCloseTo(5.12f, within(1e-5f));
      assertThat(graph.student().all())
          .extracting(Variable::path)
          .allMatch(p -> p.startsWith("student/"));
    }
  }

  @Test
  void of_several_teachers_a_term_learns_their_weighted_mean_or_one_alone() {
    HalfSquare method = new HalfSquare(Taps.LOGITS, true);
    Term both =
        new Term(
            "both",
            TermWeight.of(1),
            List.of(teacherTerm("a", .75, method), teacherTerm("b", .25, method)));
    Term one = new Term("one", TermWeight.of(0), List.of(teacherTerm("a", 1, method)));
    Term other = new Term("other", TermWeight.of(0), List.of(teacherTerm("b", 1, method)));
    try (NetworkGraph graph =
        new NetworkGraph(
            blueprint(
                PIXEL,
                LINE,
                Map.of("a", teacher(5), "b", teacher(1)),
                List.of(both, one, other),
                sgd(0, 0, 0),
                1))) {
      graph.graph().assign(Map.of(variable(graph, "linear.weight"), new float[] {2}));

      float[] first = graph.step(WHITE, 0.1, 0).terms();
      float[] second = graph.step(WHITE, 0.1, 1).terms();

      // Logit 2, theirs 6 and 2: losses 8 and 0, 3/4 of the first; its slope is 3/4 * (2 - 6) = -3.
      assertThat(first).containsExactly(new float[] {6, 8, 0}, within(1e-5f));
      // Both parameters moved by 0.3: distances 3.4 and 0.6, halves of their squares 5.78 and 0.18.
      assertThat(second).containsExactly(new float[] {4.38f, 5.78f, .18f}, within(1e-5f));
      assertThat(graph.frozen()).hasSize(4);
    }
  }

  private static TeacherTerm teacherTerm(String teacher, double share, KnowledgeTransfer method) {
    return new TeacherTerm(teacher, share, method);
  }

  @Test
  void gradients_of_weighted_terms_are_as_worked_by_hand() {
    Term own = new Term("own", 3, new HalfSquare(Taps.LOGITS, false));
    Term taught =
        new Term(
            "taught",
            TermWeight.of(0.5),
            List.of(teacherTerm("a", 1, new HalfSquare(Taps.LOGITS, true))));
    try (NetworkGraph graph =
        new NetworkGraph(
            blueprint(
                PIXEL, LINE, Map.of("a", teacher(5)), List.of(own, taught), sgd(0, 0, 0), 1))) {
      graph.graph().assign(Map.of(variable(graph, "linear.weight"), new float[] {2}));

      TermGradients gradients = graph.gradients(WHITE, 0);

      // The logit is 2, the teacher's 6: slopes 3 * 2 and (2 - 6) / 2 in weight and bias alike.
      assertThat(gradients.weights()).containsEntry("own", 3.0).containsEntry("taught", 0.5);
      assertThat(gradients.norm("own")).isCloseTo(6 * Math.sqrt(2), within(1e-5));
      assertThat(gradients.norm("taught")).isCloseTo(2 * Math.sqrt(2), within(1e-5));
      assertThat(gradients.cosine("own", "taught").orElseThrow()).isCloseTo(-1, within(1e-5));
      assertThat(value(graph, "linear.weight")).as("nothing is updated").isEqualTo(2);
    }
  }

  @Test
  void layers_above_the_tap_of_the_objective_are_left_alone() {
    Network network =
        (nn, images) -> {
          Operand<TFloat32> x = nn.batchNorm("bn1", nn.conv("conv1", images, Conv.of(2, 1)));
          x = nn.tap("early", x);
          x = nn.batchNorm("bn2", nn.conv("conv2", x, Conv.of(2, 1)));
          return nn.dense("linear", nn.flatten(x), 2);
        };
    ImageShape shape = new ImageShape(2, 2, 1);
    Batch batch =
        new Batch(new byte[] {0, 50, 100, 120, 7, 90, 3, 33}, new int[] {0, 1}, new int[2], 2);
    Term hint = new Term("hint", 1, new HalfSquare("early", false));
    try (NetworkGraph graph =
        new NetworkGraph(
            blueprint(shape, network, Map.of(), List.of(hint), OptimizerConfig.defaults(), 1))) {
      Map<String, float[]> before = values(graph);

      graph.step(batch, 0.1, 0);

      Map<String, float[]> after = values(graph);
      List<String> changed =
          before.keySet().stream()
              .filter(n -> !java.util.Arrays.equals(before.get(n), after.get(n)))
              .toList();
      assertThat(changed)
          .contains("bn1.weight", "bn1.running_mean", "bn1.running_var")
          .noneMatch(
              name ->
                  name.startsWith("conv2") || name.startsWith("bn2") || name.startsWith("linear"));
      assertThat(executed(graph, batch))
          .anyMatch(name -> name.contains("conv1"))
          .noneMatch(
              name -> name.contains("conv2") || name.contains("bn2") || name.contains("linear"));
      assertThat(graph.step(batch, 0.1, 1).score()).isNaN();
    }
  }

  /** The operations that a step runs, from TensorFlow's own trace. */
  private static List<String> executed(NetworkGraph graph, Batch batch) {
    try (TUint8 images = graph.graph().tensor(batch.images(), batch.size());
        TInt32 labels = TInt32.vectorOf(batch.labels());
        TFloat32 rate = TFloat32.scalarOf(0.1f);
        TInt64 step = TInt64.scalarOf(1);
        Result result =
            graph
                .graph()
                .runner()
                .feed("images", images)
                .feed("labels", labels)
                .feed("learning-rate", rate)
                .feed("step", step)
                .fetch("training/report")
                .addTarget("training/step-done")
                .setOptions(
                    RunOptions.newBuilder().setTraceLevel(RunOptions.TraceLevel.FULL_TRACE).build())
                .runAndFetchMetadata()) {
      return result.getMetadata().orElseThrow().getStepStats().getDevStatsList().stream()
          .flatMap(device -> device.getNodeStatsList().stream())
          .map(NodeExecStats::getNodeName)
          .toList();
    }
  }

  private static Map<String, float[]> values(NetworkGraph graph) {
    Map<String, float[]> values = new LinkedHashMap<>();
    graph.student().all().forEach(v -> values.put(v.name(), graph.graph().read(v)));
    return values;
  }

  @Test
  void an_objective_without_the_student_is_refused() {
    KnowledgeTransfer constant =
        new KnowledgeTransfer() {
          @Override
          public Taps taps(TapShapes teacher, TapShapes student) {
            return new Taps(List.of(), List.of());
          }

          @Override
          public Knowledge teach(Ops tf, TeacherSide teacher) {
            return Knowledge.none();
          }

          @Override
          public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
            return tf.constant(1f);
          }
        };

    assertThatThrownBy(
            () ->
                new NetworkGraph(
                    blueprint(
                        PIXEL,
                        LINE,
                        Map.of(),
                        List.of(new Term("constant", 1, constant)),
                        OptimizerConfig.defaults(),
                        1)))
        .hasMessage("the objective depends on no variable of the student");
  }
}
