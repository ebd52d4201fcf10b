package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.InceptionBnProvider;
import org.kt4j.engine.network.MobileNetV2Provider;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.network.NetworkProvider;
import org.kt4j.engine.network.PreActResNetProvider;
import org.kt4j.engine.network.VggProvider;
import org.kt4j.engine.network.WideResNetProvider;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** The gradient of every family reaches all that can be trained. */
class NetworkTrainingTest {

  private static final int CLASSES = 5;
  private static final int BATCH = 4;

  static Stream<Arguments> small_members() {
    return Stream.of(
        member(
            "resnet-8 with option b",
            8,
            new CifarResNetProvider(),
            new CifarResNetProvider.Options(8, 4, CifarResNetProvider.Shortcut.B)),
        member(
            "preact-resnet-8",
            8,
            new PreActResNetProvider(),
            new PreActResNetProvider.Options(8, 4, PreActResNetProvider.Block.BASIC)),
        member(
            "preact-resnet-11 of bottlenecks",
            8,
            new PreActResNetProvider(),
            new PreActResNetProvider.Options(11, 4, PreActResNetProvider.Block.BOTTLENECK)),
        member(
            "wide-resnet-10-1 with dropout",
            8,
            new WideResNetProvider(),
            new WideResNetProvider.Options(10, 1, 0.3)),
        member(
            "imagenet-resnet-18",
            32,
            new ImageNetResNetProvider(),
            new ImageNetResNetProvider.Options(18, 64)),
        member(
            "imagenet-resnet-50",
            32,
            new ImageNetResNetProvider(),
            new ImageNetResNetProvider.Options(50, 64)),
        member(
            "vgg-11",
            32,
            new VggProvider(),
            new VggProvider.Options(11, true, VggProvider.Head.SMALL)),
        member(
            "inception-bn", 64, new InceptionBnProvider(), new InceptionBnProvider.Options(false)),
        member(
            "inception-bn-small",
            16,
            new InceptionBnProvider(),
            new InceptionBnProvider.Options(true)),
        member(
            "mobilenet-v2 for small images",
            16,
            new MobileNetV2Provider(),
            new MobileNetV2Provider.Options(0.25, true)));
  }

  private static <O extends Record> Arguments member(
      String name, int side, NetworkProvider<O> family, O options) {
    ImageShape shape = new ImageShape(side, side, 3);
    return Arguments.of(name, shape, family.create(options, shape, CLASSES));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("small_members")
  void two_steps_change_every_trainable_variable_and_every_running_statistic(
      String name, ImageShape shape, Network network) {
    try (NetworkGraph graph = new NetworkGraph(blueprint(shape, network))) {
      Map<Variable, float[]> before = values(graph);

      float first = graph.step(batch(shape), 0.01, 0).objective();
      float second = graph.step(batch(shape), 0.01, 1).objective();

      assertThat(first).isFinite().isPositive();
      assertThat(second).isFinite().isPositive();
      List<String> names = graph.student().all().stream().map(Variable::name).toList();
      Map<Variable, float[]> after = values(graph);
      List<String> unchanged =
          before.keySet().stream()
              .filter(variable -> Arrays.equals(before.get(variable), after.get(variable)))
              .map(Variable::name)
              .filter(variable -> !cancelled(variable, names))
              .toList();
      assertThat(unchanged).isEmpty();
      assertThat(after.values()).allMatch(NetworkTrainingTest::finite);
    }
  }

  private static boolean finite(float[] numbers) {
    for (float number : numbers) {
      if (!Float.isFinite(number)) {
        return false;
      }
    }
    return true;
  }

  /** A bias in front of a batch normalisation: that subtracts it again, so its gradient is zero. */
  private static boolean cancelled(String name, List<String> names) {
    if (!name.endsWith(".bias")) {
      return false;
    }
    String layer = name.substring(0, name.length() - ".bias".length());
    boolean isConvolution = !names.contains(layer + ".running_mean");
    boolean inception = names.contains(layer + "_bn.running_mean");
    boolean vgg = layer.matches("features\\.\\d+");
    return isConvolution && (inception || vgg);
  }

  private static NetworkGraph.Blueprint blueprint(ImageShape shape, Network network) {
    // Without decay: only a gradient can change a weight.
    OptimizerConfig optimizer = new OptimizerConfig.Sgd(0.01, 0.9, false, 0, false, 0);
    Normalization normalization =
        new Normalization(List.of(0.5, 0.5, 0.5), List.of(0.25, 0.25, 0.25));
    return new NetworkGraph.Blueprint(
        shape,
        network,
        normalization,
        new ClassLabels(),
        new DistillationStep.Blueprint(
            Map.of(), List.of(new Term("cross-entropy", 1, new CrossEntropy())), optimizer, 1),
        1);
  }

  private static Batch batch(ImageShape shape) {
    byte[] images = new byte[BATCH * shape.bytes()];
    new Random(3).nextBytes(images);
    return new Batch(images, new int[] {0, 1, 2, 4}, new int[] {0, 1, 2, 3}, BATCH);
  }

  /** All in one run: a session prepares the whole graph for each new set of fetches. */
  private static Map<Variable, float[]> values(NetworkGraph graph) {
    List<Variable> variables = List.copyOf(graph.student().all());
    Session.Runner runner = graph.graph().runner();
    variables.forEach(variable -> runner.fetch(variable.value()));
    Map<Variable, float[]> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      for (int i = 0; i < variables.size(); i++) {
        values.put(variables.get(i), ImageGraph.floats((TFloat32) result.get(i)));
      }
    }
    return values;
  }

  private static final class CrossEntropy implements KnowledgeTransfer {

    @Override
    public Taps taps(TapShapes teacher, TapShapes student) {
      return new Taps(List.of(), List.of(Taps.LOGITS));
    }

    @Override
    public Knowledge teach(Ops tf, TeacherSide teacher) {
      return Knowledge.none();
    }

    @Override
    public Operand<TFloat32> loss(Ops tf, StudentSide student, Knowledge knowledge) {
      Operand<TFloat32> targets =
          tf.oneHot(student.labels(), tf.constant(CLASSES), tf.constant(1f), tf.constant(0f));
      return tf.math.mean(
          tf.nn.softmaxCrossEntropyWithLogits(student.activation(Taps.LOGITS), targets).loss(),
          tf.array(0));
    }
  }
}
