package org.kt4j.engine.replica;

import java.util.List;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.types.TFloat32;

/** One worker. */
final class Alone implements Replicas {

  static final Alone INSTANCE = new Alone();

  private Alone() {}

  @Override
  public int count() {
    return 1;
  }

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public String name(int rank) {
    return "worker " + rank;
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
    return List.copyOf(values);
  }

  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return value;
  }

  @Override
  public List<byte[]> all(byte[] own) {
    return List.of(own);
  }

  @Override
  public byte[] ofFirst(byte[] own) {
    return own;
  }

  @Override
  public RuntimeException explained(RuntimeException failure) {
    return failure;
  }

  @Override
  public void close() {}
}
