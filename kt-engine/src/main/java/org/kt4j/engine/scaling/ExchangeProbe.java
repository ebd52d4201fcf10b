package org.kt4j.engine.scaling;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.ServiceLoader;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.replica.Replication;
import org.kt4j.engine.replica.Workers;
import org.tensorflow.Operand;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.types.TFloat32;

/**
 * One of the processes that {@link LocalExchange} starts: it exchanges values with the others, and
 * the first one prints what that took.
 */
final class ExchangeProbe {

  private static final int WARM_UP = 5;
  private static final int FEWEST = 5;
  private static final int MOST = 200;
  private static final double SECONDS = 2;

  private ExchangeProbe() {}

  /**
   * Measures.
   *
   * @param arguments the rank, the addresses of all, and the sizes of the values
   */
  public static void main(String[] arguments) {
    endWithParent();
    int status = 0;
    try {
      measure(
          Integer.parseInt(arguments[0]),
          List.of(arguments[1].split(",", -1)),
          Arrays.stream(arguments[2].split(",", -1)).map(Long::valueOf).toList());
    } catch (RuntimeException e) {
      System.err.println(e.getMessage());
      status = 1;
    }
    System.out.flush();
    // A server cannot be stopped.
    Runtime.getRuntime().halt(status);
  }

  private static void measure(int rank, List<String> addresses, List<Long> sizes) {
    ReplicasProvider provider = ServiceLoader.load(ReplicasProvider.class).findFirst().orElseThrow();
    Replicas replicas = provider.join(new Workers(addresses, rank, Duration.ofSeconds(60)));
    ExchangeCost.Taken one = taken(replicas, List.of(1L));
    ExchangeCost.Taken all = taken(replicas, sizes);
    if (replicas.first()) {
      System.out.println(Json.line(new ExchangeCost(sizes, one, all)));
    }
    replicas.close();
  }

  private static ExchangeCost.Taken taken(Replicas replicas, List<Long> sizes) {
    try (ImageGraph graph =
        new ImageGraph(new ImageShape(1, 1, 1), new Replication(replicas, false))) {
      Ops tf = graph.tf();
      Variables variables = new Variables(tf, "exchanged", 0);
      List<Operand<TFloat32>> values = new ArrayList<>();
      for (int i = 0; i < sizes.size(); i++) {
        values.add(
            variables
                .filled(
                    Integer.toString(i),
                    org.tensorflow.ndarray.Shape.of(sizes.get(i)),
                    Variable.Kind.SLOT,
                    1f)
                .value());
      }
      List<Op> means = new ArrayList<>(replicas.means(tf, values));
      Op exchange = tf.withControlDependencies(means).noOp();
      graph.initialize(variables.all());
      double[] first = seconds(graph, exchange, WARM_UP);
      double each = first[WARM_UP - 1];
      byte[] asked = ByteBuffer.allocate(Integer.BYTES).putInt((int) (SECONDS / each)).array();
      // The first worker says how often, for all do it together.
      int times = ByteBuffer.wrap(replicas.ofFirst(asked)).getInt();
      double cpu = ThisProcess.cpuSeconds();
      double[] seconds = seconds(graph, exchange, Math.max(FEWEST, Math.min(times, MOST)));
      cpu = (ThisProcess.cpuSeconds() - cpu) / seconds.length;
      Arrays.sort(seconds);
      return new ExchangeCost.Taken(seconds[seconds.length / 2], cpu);
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

  /** The parent holds the other end of the standard input and writes nothing into it. */
  private static void endWithParent() {
    Thread watch = new Thread(() -> awaitEnd(System.in), "parent");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is expected.
      }
    } catch (IOException e) {
      // An input that cannot be read has no parent at its other end.
    }
    Runtime.getRuntime().halt(1);
  }
}
