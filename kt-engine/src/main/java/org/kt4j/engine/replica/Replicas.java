package org.kt4j.engine.replica;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.kt4j.data.Share;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/**
 * The workers that train one student together, seen from one of them. Each holds the whole student
 * and takes its rows of every batch; the means of their gradients make the same update in all of
 * them (synchronous data-parallel training). All workers do the same in the same order, so that
 * each call here meets the same call of the others.
 *
 * <p>{@link #one} is one worker, for which all of this costs nothing.
 */
public interface Replicas extends AutoCloseable {

  /** One worker. */
  static Replicas one() {
    return Alone.INSTANCE;
  }

  /** How many workers there are. */
  int count();

  /** Which of them this is, from 0. The first one writes the run's folder. */
  int rank();

  /** Whether there are no others. */
  default boolean alone() {
    return count() == 1;
  }

  /** Whether this is the first worker. */
  default boolean first() {
    return rank() == 0;
  }

  /** The rows of each batch that this worker takes. */
  default Share share() {
    return new Share(rank(), count());
  }

  /** A worker in words, such as {@code worker 1 (host:2222)}. */
  String name(int rank);

  /**
   * A session for a graph whose operations may wait for other workers.
   *
   * @param config of a session for one worker
   */
  Session session(Graph graph, ConfigProto config);

  /** A call of such a session that exchanges values. All make it together. */
  Session.Runner runner(Session session);

  /**
   * Means over the workers, in a graph.
   *
   * @param tf where to put the operations
   * @param values in the same order and shapes in each worker; the shapes are static
   * @return one for each of them
   */
  List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values);

  /**
   * The mean over the workers of a value that gradients are taken through: its gradient is the mean
   * of the workers' gradients.
   *
   * @param value of a static shape
   */
  Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value);

  /**
   * What every worker gives here, in their order. The call returns when all have called it.
   *
   * @param own may have another length in each worker
   */
  List<byte[]> all(byte[] own);

  /** The places that any worker has set. The call returns when all have called it. */
  default BitSet any(BitSet own) {
    BitSet any = new BitSet();
    all(own.toByteArray()).forEach(each -> any.or(BitSet.valueOf(each)));
    return any;
  }

  /** What the first worker gives here. The call returns when all have called it. */
  byte[] ofFirst(byte[] own);

  /** The number that the first worker gives here. The call returns when all have called it. */
  default int ofFirst(int own) {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(own).array();
    return ByteBuffer.wrap(ofFirst(bytes)).getInt();
  }

  /**
   * Does pieces of work by turns: each worker does every {@link #count}-th, and all get what came
   * of all, in their order. The call returns when all have called it.
   *
   * @param pieces how many there are
   * @param work what comes of a piece, from 0
   * @param taken receives it
   */
  default void inTurns(int pieces, IntFunction<byte[]> work, Consumer<byte[]> taken) {
    for (int first = 0; first < pieces; first += count()) {
      int own = first + rank();
      List<byte[]> all = all(own < pieces ? work.apply(own) : new byte[0]);
      all.subList(0, Math.min(all.size(), pieces - first)).forEach(taken);
    }
  }

  /** Returns when all have called it. */
  default void await() {
    all(new byte[0]);
  }

  /**
   * A failure of a session as one that says which worker is to blame, if it is due to another one;
   * otherwise the failure itself.
   */
  RuntimeException explained(RuntimeException failure);

  /** Waits for the others to come as far as this, and leaves them. */
  @Override
  void close();
}
