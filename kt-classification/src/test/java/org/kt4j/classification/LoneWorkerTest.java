package org.kt4j.classification;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.network.CifarResNetProvider;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.step.DistillationStep;
import org.kt4j.engine.step.Tuning;
import org.kt4j.imagelevel.ClassLabels;
import org.kt4j.imagelevel.NetworkGraph;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/** A worker that is alone pays nothing for what several need. */
class LoneWorkerTest {

  /** In the names of operations that stand where several workers exchange values. */
  private static final String HERE = "exchanged-here";

  /** The operations of a training graph, by their types. */
  private static Map<String, Integer> operations(Replicas replicas, boolean synchronised) {
    ImageShape shape = new ImageShape(8, 8, 3);
    CrossEntropyProvider labels = new CrossEntropyProvider();
    NetworkGraph.Blueprint blueprint =
        new NetworkGraph.Blueprint(
            shape,
            new CifarResNetProvider()
                .create(
                    new CifarResNetProvider.Options(8, 4, CifarResNetProvider.Shortcut.A),
                    shape,
                    5),
            Normalization.none(3),
            new ClassLabels(),
            new DistillationStep.Blueprint(
                Map.of(),
                List.of(new Term(labels.name(), 1, labels.create(labels.defaults()))),
                OptimizerConfig.defaults(),
                0,
                64,
                1,
                null,
                Tuning.ALL,
                new Replication(replicas, synchronised)),
            1);
    Map<String, Integer> types = new TreeMap<>();
    try (NetworkGraph graph = new NetworkGraph(blueprint)) {
      graph
          .graph()
          .graph()
          .operations()
          .forEachRemaining(
              each ->
                  types.merge(each.name().contains(HERE) ? HERE : each.type(), 1, Integer::sum));
    }
    return types;
  }

  /** One worker, with an operation for each value that several would exchange. */
  private static Replicas marking() {
    return (Replicas)
        Proxy.newProxyInstance(
            Replicas.class.getClassLoader(),
            new Class<?>[] {Replicas.class},
            (proxy, method, given) ->
                method.getName().equals("means")
                    ? marked((Ops) given[0], (List<?>) given[1])
                    : method.invoke(Replicas.one(), given));
  }

  private static List<Operand<?>> marked(Ops tf, List<?> values) {
    List<Operand<?>> marked = new ArrayList<>();
    values.forEach(value -> marked.add(tf.withName(HERE).identity((Operand<?>) value)));
    return marked;
  }

  @Test
  void its_training_graph_is_that_of_a_training_without_exchanges() {
    Map<String, Integer> alone = operations(Replicas.one(), false);
    Map<String, Integer> marked = operations(marking(), false);

    // Gradients of 7 convolutions, of a dense layer with its bias and of 7 normalisations with
    // scale and offset; mean and variance of each normalisation; the losses.
    assertThat(marked.remove(HERE)).isEqualTo(7 + 2 + 2 * 7 + 2 * 7 + 1);
    assertThat(alone).isEqualTo(marked);
    assertThat(alone.keySet()).noneMatch(type -> type.startsWith("Collective"));
  }

  @Test
  void statistics_of_all_rows_are_its_own() {
    assertThat(operations(Replicas.one(), true)).isEqualTo(operations(Replicas.one(), false));
  }

  @Test
  void means_over_one_worker_are_the_values_themselves() {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Operand<TFloat32> value = tf.constant(1f);
      Operand<TFloat32> other = tf.constant(2f);
      int before = count(graph);

      assertThat(Replicas.one().means(tf, List.of(value, other))).containsExactly(value, other);
      assertThat(Replicas.one().mean(tf, value)).isSameAs(value);
      assertThat(count(graph)).isEqualTo(before);
    }
  }

  private static int count(Graph graph) {
    List<Object> operations = new ArrayList<>();
    graph.operations().forEachRemaining(operations::add);
    return operations.size();
  }
}
