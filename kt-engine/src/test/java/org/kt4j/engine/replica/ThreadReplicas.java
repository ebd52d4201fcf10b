package org.kt4j.engine.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** Workers that are threads of one process; they exchange bytes, and no tensors. */
public final class ThreadReplicas implements Replicas {

  private final int rank;
  private final CyclicBarrier barrier;
  private final byte[][] given;

  private ThreadReplicas(int rank, CyclicBarrier barrier, byte[][] given) {
    this.rank = rank;
    this.barrier = barrier;
    this.given = given;
  }

  /** The work of one worker. */
  @FunctionalInterface
  public interface Work<T> {

    /** Does it. */
    T with(Replicas replicas) throws Exception;
  }

  /** Does some work in several workers at once; what each comes to, in their order. */
  public static <T> List<T> each(int count, Work<T> work) throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(count);
    byte[][] given = new byte[count][];
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<T>> ends = new ArrayList<>();
      for (int rank = 0; rank < count; rank++) {
        Replicas own = new ThreadReplicas(rank, barrier, given);
        ends.add(threads.submit(() -> work.with(own)));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> end : ends) {
        results.add(end.get(30, TimeUnit.SECONDS));
      }
      return results;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      threads.shutdownNow();
    }
  }

  @Override
  public int count() {
    return given.length;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public String name(int worker) {
    return "worker " + worker;
  }

  @Override
  public List<byte[]> all(byte[] own) {
    given[rank] = own;
    meet();
    List<byte[]> all = List.of(given.clone());
    meet();
    return all;
  }

  private void meet() {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException("the others have not come", e);
    }
  }

  @Override
  public byte[] ofFirst(byte[] own) {
    return all(own).get(0);
  }

  @Override
  public Session session(Graph graph, ConfigProto config) {
    return new Session(graph, config);
  }

  @Override
  public Session.Runner runner(Session session) {
    return session.runner();
  }

  @Override
  public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    throw new UnsupportedOperationException();
  }

  @Override
  public RuntimeException explained(RuntimeException failure) {
    return failure;
  }

  @Override
  public void close() {}
}
