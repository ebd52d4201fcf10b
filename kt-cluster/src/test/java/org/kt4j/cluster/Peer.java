package org.kt4j.cluster;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Workers;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** One worker, which prints what it gets from the others. */
final class Peer {

  private Peer() {}

  /**
   * Runs a worker.
   *
   * @param arguments its rank, and the addresses of all
   */
  public static void main(String[] arguments) {
    int rank = Integer.parseInt(arguments[0]);
    Replicas replicas =
        new GrpcReplicasProvider()
            .join(
                new Workers(
                    List.of(arguments[1].split(",", -1)),
                    rank,
                    Duration.ofSeconds(Integer.parseInt(arguments[2]))));
    System.out.println("name " + replicas.name(rank));
    bytes(replicas, rank);
    means(replicas, rank);
    slope(replicas, rank);
    System.out.flush();
    replicas.close();
    Runtime.getRuntime().halt(0);
  }

  private static void bytes(Replicas replicas, int rank) {
    byte[] own = new byte[rank == 0 ? 5 : 3];
    Arrays.fill(own, (byte) (rank - 1));
    List<byte[]> all = replicas.all(own);
    System.out.println("all " + all.stream().map(Arrays::toString).toList());
    System.out.println("first " + Arrays.toString(replicas.ofFirst(own)));
    System.out.println("nothing " + replicas.all(new byte[0]).stream().map(b -> b.length).toList());
    byte[] large = new byte[9_000_001];
    for (int i = 0; i < large.length; i++) {
      large[i] = (byte) (i * 31 + rank);
    }
    List<byte[]> larger = replicas.all(large);
    boolean same = Arrays.equals(larger.get(rank), large);
    byte[] other = larger.get(1 - rank);
    for (int i = 0; i < other.length; i++) {
      same &= other[i] == (byte) (i * 31 + 1 - rank);
    }
    System.out.println("large " + same + " " + other.length);
  }

  /** Of a scalar, a matrix and a vector that is larger than a bucket. */
  private static void means(Replicas replicas, int rank) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      List<Operand<TFloat32>> means =
          replicas.means(
              tf,
              List.of(
                  tf.constant(1f + rank),
                  tf.constant(new float[][] {{1, 2}, {3, 4 + 4 * rank}}),
                  tf.fill(tf.constant(new int[] {3_000_001}), tf.constant(rank == 0 ? 1f : 4f))));
      try (Session session = replicas.session(graph, ConfigProto.getDefaultInstance());
          Result result =
              replicas
                  .runner(session)
                  .fetch(means.get(0))
                  .fetch(means.get(1))
                  .fetch(tf.reduceMin(means.get(2), tf.constant(0)))
                  .fetch(tf.reduceMax(means.get(2), tf.constant(0)))
                  .run()) {
        for (int i = 0; i < 4; i++) {
          System.out.println("mean " + Arrays.toString(floats(result, i)));
        }
      }
    }
  }

  /** Of (rank + 1) * mean(x)^2, whose mean over two workers has the slope 1.5 * mean(x). */
  private static void slope(Replicas replicas, int rank) {
    try (Graph graph = new Graph()) {
      Ops tf = Ops.create(graph);
      Output<TFloat32> x = tf.constant(new float[] {rank, 2 + 2 * rank}).asOutput();
      Operand<TFloat32> mean = replicas.mean(tf, x);
      Operand<TFloat32> objective =
          tf.math.mul(tf.reduceSum(tf.math.square(mean), tf.constant(0)), tf.constant(rank + 1f));
      Output<?>[] slopes = graph.addGradients(objective.asOutput(), new Output<?>[] {x});
      try (Session session = replicas.session(graph, ConfigProto.getDefaultInstance());
          Result result = replicas.runner(session).fetch(mean).fetch(slopes[0]).run()) {
        System.out.println("through " + Arrays.toString(floats(result, 0)));
        System.out.println("slope " + Arrays.toString(floats(result, 1)));
      }
    }
  }

  private static float[] floats(Result result, int at) {
    TFloat32 tensor = (TFloat32) result.get(at);
    float[] numbers = new float[(int) tensor.size()];
    tensor.asRawTensor().data().asFloats().read(numbers);
    return numbers;
  }
}
