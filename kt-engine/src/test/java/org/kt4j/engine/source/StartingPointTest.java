package org.kt4j.engine.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kt4j.api.Taps;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.experiment.StartConfig;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A student of two filters and three classes begins with weights of other networks. */
class StartingPointTest {

  private final ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 1));
  private final Variables student = student(graph);

  @AfterEach
  void close() {
    graph.close();
  }

  private static Variables student(ImageGraph graph) {
    Ops tf = graph.tf();
    Variables variables = new Variables(tf, "student", 1);
    Layers nn = Layers.evaluation(tf, variables);
    nn.tap(
        Taps.LOGITS,
        nn.dense(
            "linear",
            nn.globalAvgPool(
                nn.conv("conv1", tf.dtypes.cast(graph.images(), TFloat32.class), Conv.of(2, 1))),
            3));
    return variables;
  }

  /** In PyTorch's order: {@code conv1 [filters, 1, 1, 1]}, {@code linear [classes, inputs]}. */
  private static Map<String, Weights.Array> arrays(int filters, int inputs, int classes) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    arrays.put("conv1.weight", counted(Shape.of(filters, 1, 1, 1)));
    arrays.put("linear.weight", counted(Shape.of(classes, inputs)));
    arrays.put("linear.bias", counted(Shape.of(classes)));
    return arrays;
  }

  private static Weights.Array counted(Shape shape) {
    float[] values = new float[Math.toIntExact(shape.size())];
    for (int i = 0; i < values.length; i++) {
      values[i] = i + 1;
    }
    return new Weights.Array(shape, values);
  }

  private static StartingPoint start(
      Map<String, Weights.Array> arrays, StartConfig.@Nullable Head head) {
    return new StartingPoint("a.npz", head, List.of(), true, () -> new Weights("a.npz", arrays));
  }

  private static Map<String, float[]> byName(StartingPoint.Begun begun) {
    Map<String, float[]> byName = new LinkedHashMap<>();
    begun.values().forEach((variable, values) -> byName.put(variable.name(), values));
    return byName;
  }

  @Test
  void a_head_of_as_many_classes_is_taken() {
    StartingPoint.Begun begun = start(arrays(2, 2, 3), null).of(student);

    assertThat(byName(begun)).containsOnlyKeys("conv1.weight", "linear.weight", "linear.bias");
    // [classes, inputs] there, [inputs, classes] here.
    assertThat(byName(begun).get("linear.weight")).containsExactly(1, 3, 5, 2, 4, 6);
    assertThat(begun.head()).isNull();
    assertThat(begun.classes()).hasValue(3);
  }

  @Test
  void a_head_of_other_classes_begins_fresh_and_everything_else_is_taken() {
    StartingPoint.Begun begun = start(arrays(2, 2, 10), null).of(student);

    assertThat(byName(begun)).containsOnlyKeys("conv1.weight");
    assertThat(byName(begun).get("conv1.weight")).containsExactly(1, 2);
    assertThat(begun.head()).isEqualTo("head begun fresh: 10 classes in a.npz, 3 here (linear)");
    assertThat(begun.classes()).hasValue(10);
  }

  @Test
  void a_head_of_as_many_classes_begins_fresh_where_that_is_asked_for() {
    StartingPoint.Begun begun = start(arrays(2, 2, 3), StartConfig.Head.FRESH).of(student);

    assertThat(byName(begun)).containsOnlyKeys("conv1.weight");
    assertThat(begun.head()).isEqualTo("head begun fresh: 3 classes in a.npz, 3 here (linear)");
  }

  @Test
  void a_head_that_is_to_be_kept_must_know_as_many_classes() {
    StartingPoint others = start(arrays(2, 2, 10), StartConfig.Head.KEPT);
    Map<String, Weights.Array> headless = arrays(2, 2, 3);
    headless.keySet().removeIf(name -> name.startsWith("linear"));
    StartingPoint none = start(headless, StartConfig.Head.KEPT);

    assertThat(start(arrays(2, 2, 3), StartConfig.Head.KEPT).of(student).values()).hasSize(3);
    assertThatThrownBy(() -> others.of(student))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "start.head: kept: a.npz has a head of 10 classes, the student one of 3; allowed: kept"
                + " where the classes are the same; fix: head: fresh, or leave it out");
    assertThatThrownBy(() -> none.of(student))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("start.head: kept: a.npz has no head that the student could keep");
  }

  @Test
  void weights_without_a_head_are_a_backbone() {
    Map<String, Weights.Array> headless = arrays(2, 2, 3);
    headless.keySet().removeIf(name -> name.startsWith("linear"));

    StartingPoint.Begun begun = start(headless, null).of(student);

    assertThat(byName(begun)).containsOnlyKeys("conv1.weight");
    assertThat(begun.head()).isNull();
    assertThat(begun.classes()).isEmpty();
  }

  @Test
  void any_other_shape_is_an_error() {
    StartingPoint wider = start(arrays(4, 4, 10), null);
    Map<String, Weights.Array> mixed = arrays(2, 2, 10);
    mixed.put("linear.bias", counted(Shape.of(7)));
    StartingPoint disagreeing = start(mixed, null);
    Map<String, Weights.Array> turned = arrays(2, 2, 3);
    turned.put("linear.weight", counted(Shape.of(2, 3)));
    StartingPoint transposed = start(turned, null);

    assertThatThrownBy(() -> wider.of(student))
        .isInstanceOf(WeightsException.class)
        .hasMessage(
            "a.npz: weights of another network: conv1.weight is [4, 1, 1, 1], the network has [2,"
                + " 1, 1, 1]; linear.weight is [10, 4], the network has [3, 2]; linear.bias is"
                + " [10], the network has [3]; allowed: other shapes only where they follow from the"
                + " number of classes; fix: name the network and the options that they were trained"
                + " with, for pictures of as many channels");
    assertThatThrownBy(() -> disagreeing.of(student))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("linear.bias is [7], the network has [3]");
    assertThatThrownBy(() -> transposed.of(student))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("value.T for dense layers");
  }

  @Test
  void weights_of_no_layer_of_the_student_are_refused() {
    StartingPoint other = start(Map.of("fc.weight", counted(Shape.of(3, 2))), null);

    assertThatThrownBy(() -> other.of(student))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("none of its weights has the name of one of the student's");
  }

  @Test
  void what_the_first_phase_freezes_must_have_been_trained() {
    StartingPoint.Begun begun = start(arrays(2, 2, 10), null).of(student);
    Set<String> head = Set.of("linear.weight", "linear.bias");

    StartingPoint.requireTrained(begun, Set.of("conv1.weight"), student);
    assertThatThrownBy(() -> StartingPoint.requireTrained(begun, head, student))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[0].freeze: linear would stay random: start has no weights for it (head begun"
                + " fresh: 10 classes in a.npz, 3 here (linear)); fix: name less in freeze");
    assertThatThrownBy(
            () ->
                StartingPoint.requireTrained(null, Set.of("conv1.weight", "linear.bias"), student))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "phases[0].freeze: conv1 and further layers (2 in all) would stay random: the"
                + " configuration has no start; fix: start: {run: ...}, or freeze them in a later phase");
  }
}
