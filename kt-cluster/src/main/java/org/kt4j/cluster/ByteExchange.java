package org.kt4j.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.kt4j.engine.replica.Replicas;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TInt32;

/**
 * Bytes from worker to worker. Each puts its bytes, as whole numbers, where the others have zeros;
 * the sum is what all of them gave.
 */
final class ByteExchange {

  /** Numbers in one exchange. */
  private static final int LARGEST = 1 << 20;

  private final Replicas replicas;
  private final Ops tf;
  private final Session session;
  private final Map<Integer, Sum> sums = new TreeMap<>();

  private record Sum(Placeholder<TInt32> own, Operand<TInt32> all) {}

  ByteExchange(Replicas replicas) {
    this.replicas = replicas;
    Graph graph = new Graph();
    this.tf = Ops.create(graph);
    this.session = replicas.session(graph, ConfigProto.getDefaultInstance());
  }

  /** What every worker gives, in their order. */
  List<byte[]> all(byte[] own) {
    int count = replicas.count();
    int[] lengths = new int[count];
    lengths[replicas.rank()] = own.length;
    lengths = summed(lengths);
    int longest = 0;
    for (int length : lengths) {
      longest = Math.max(longest, length);
    }
    List<ByteBuffer> given = new ArrayList<>();
    for (int length : lengths) {
      given.add(ByteBuffer.allocate(length));
    }
    int numbers = (longest + Integer.BYTES - 1) / Integer.BYTES;
    int part = Math.max(1, LARGEST / count);
    for (int from = 0; from < numbers; from += part) {
      int size = Math.min(part, numbers - from);
      int[] places = new int[size * count];
      put(own, from, size, places, replicas.rank() * size);
      int[] sum = summed(places);
      for (int r = 0; r < count; r++) {
        take(sum, r * size, size, given.get(r));
      }
    }
    return given.stream().map(ByteBuffer::array).toList();
  }

  /** What the first worker gives. */
  byte[] ofFirst(byte[] own) {
    boolean first = replicas.first();
    int[] length = summed(new int[] {first ? own.length : 0});
    ByteBuffer given = ByteBuffer.allocate(length[0]);
    int numbers = (length[0] + Integer.BYTES - 1) / Integer.BYTES;
    for (int from = 0; from < numbers; from += LARGEST) {
      int size = Math.min(LARGEST, numbers - from);
      int[] places = new int[size];
      if (first) {
        put(own, from, size, places, 0);
      }
      take(summed(places), 0, size, given);
    }
    return given.array();
  }

  /** Bytes from the number {@code from} on as numbers; zeros behind their end. */
  private static void put(byte[] own, int from, int size, int[] into, int at) {
    int first = from * Integer.BYTES;
    ByteBuffer padded = ByteBuffer.allocate(size * Integer.BYTES);
    padded.put(
        own,
        Math.min(first, own.length),
        Math.max(0, Math.min(padded.capacity(), own.length - first)));
    padded.rewind().asIntBuffer().get(into, at, size);
  }

  private static void take(int[] numbers, int at, int size, ByteBuffer into) {
    ByteBuffer bytes = ByteBuffer.allocate(size * Integer.BYTES);
    bytes.asIntBuffer().put(numbers, at, size);
    into.put(bytes.array(), 0, Math.min(bytes.capacity(), into.remaining()));
  }

  /**
   * Sums over the workers; an exchange has a size that is a power of two, of which few are needed.
   */
  private int[] summed(int[] own) {
    int size = Math.max(1, Integer.highestOneBit(Math.max(1, own.length - 1)) << 1);
    Sum sum = sums.computeIfAbsent(size, this::sum);
    int[] padded = java.util.Arrays.copyOf(own, size);
    try (TInt32 fed = TInt32.tensorOf(Shape.of(size), DataBuffers.of(padded));
        Result result = replicas.runner(session).feed(sum.own(), fed).fetch(sum.all()).run()) {
      int[] numbers = new int[size];
      ((TInt32) result.get(0)).asRawTensor().data().asInts().read(numbers);
      return java.util.Arrays.copyOf(numbers, own.length);
    } catch (RuntimeException e) {
      throw replicas.explained(e);
    }
  }

  private Sum sum(int size) {
    Placeholder<TInt32> own = tf.placeholder(TInt32.class, Placeholder.shape(Shape.of(size)));
    return new Sum(own, ((GrpcReplicas) replicas).collectives().sum(tf.scope(), own));
  }
}
