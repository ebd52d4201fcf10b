package org.kt4j.engine.scaling;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.JsonException;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.run.TrainingException;
import org.tensorflow.Operand;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * Measures the exchange of values between two processes on this machine, through what the workers
 * of a training use.
 */
public final class LocalExchange {

  private static final int PROCESSES = 2;
  private static final int WARM_UP = 5;
  private static final int FEWEST = 5;
  private static final int MOST = 200;
  private static final double SECONDS = 1.5;

  private LocalExchange() {}

  /**
   * Measures.
   *
   * @param sizes the numbers of each value; none may be 0
   * @param cores that each process computes with
   * @throws org.kt4j.config.ConfigurationException when nothing on the class path joins workers
   * @throws TrainingException when a process fails
   */
  public static ExchangeCost measure(List<Long> sizes, int cores) {
    String given = sizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    String first =
        LocalProcesses.outputs(LocalExchange.class, PROCESSES, cores, List.of(given)).get(0);
    try {
      return Json.read(first, ExchangeCost.class);
    } catch (JsonException e) {
      throw new TrainingException(
          "a process that measures the exchange printed something else: " + first, e);
    }
  }

  /** One of the two processes. */
  public static void main(String[] arguments) {
    LocalProcesses.work(
        arguments,
        (replicas, given) ->
            Json.line(
                cost(
                    replicas,
                    Arrays.stream(given.get(0).split(",", -1)).map(Long::valueOf).toList())));
  }

  private static ExchangeCost cost(Replicas replicas, List<Long> sizes) {
    List<ExchangeCost.Taken> taken = new ArrayList<>();
    taken.add(taken(replicas, List.of(1L)));
    taken.add(taken(replicas, sizes));
    if (taken.get(1).numbers() < ExchangeCost.MANY) {
      taken.add(taken(replicas, List.of(ExchangeCost.MANY)));
    }
    return new ExchangeCost(taken);
  }

  private static ExchangeCost.Taken taken(Replicas replicas, List<Long> sizes) {
    try (ImageGraph graph =
        new ImageGraph(new ImageShape(1, 1, 1), new Replication(replicas, false))) {
      Ops tf = graph.tf();
      Variables variables = new Variables(tf, "exchanged", 0);
      List<Operand<TFloat32>> values = new ArrayList<>();
      for (int i = 0; i < sizes.size(); i++) {
        Shape shape = Shape.of(sizes.get(i));
        values.add(variables.filled(Integer.toString(i), shape, Variable.Kind.SLOT, 1f).value());
      }
      List<Op> means = new ArrayList<>(replicas.means(tf, values));
      Op exchange = tf.withControlDependencies(means).noOp();
      graph.initialize(variables.all());
      double[] warmUp = seconds(graph, exchange, WARM_UP);
      int affordable = (int) Math.min(MOST, SECONDS / warmUp[WARM_UP - 1]);
      // The first worker says how often, for all do it together.
      int times = replicas.ofFirst(Math.max(FEWEST, affordable));
      double before = ThisProcess.cpuSeconds();
      double[] seconds = seconds(graph, exchange, times);
      double cpu = ThisProcess.cpuSeconds() - before;
      Arrays.sort(seconds);
      return new ExchangeCost.Taken(
          sizes.stream().mapToLong(Long::longValue).sum(), seconds[times / 2], cpu / times);
    }
  }

  private static double[] seconds(ImageGraph graph, Op exchange, int times) {
    double[] seconds = new double[times];
    for (int i = 0; i < times; i++) {
      long began = System.nanoTime();
      graph.sharedRunner().addTarget(exchange).run().close();
      seconds[i] = (System.nanoTime() - began) / 1e9;
    }
    return seconds;
  }
}
