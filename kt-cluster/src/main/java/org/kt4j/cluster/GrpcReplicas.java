package org.kt4j.cluster;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.replica.ReplicaException;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.Workers;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Server;
import org.tensorflow.Session;
import org.tensorflow.op.Ops;
import org.tensorflow.proto.ClusterDef;
import org.tensorflow.proto.ConfigProto;
import org.tensorflow.proto.JobDef;
import org.tensorflow.proto.RunOptions;
import org.tensorflow.proto.ServerDef;
import org.tensorflow.types.TFloat32;

/**
 * One of several workers on TensorFlow's gRPC runtime. There is one in a process; its server cannot
 * be stopped, so the process ends with it.
 */
final class GrpcReplicas implements Replicas {

  private static final String JOB = "worker";
  private static final int CHUNK = 1 << 20;

  private final Workers workers;
  private final Peers peers;
  private final Collectives collectives;
  private final ConfigProto cluster;
  private final ByteExchange bytes;
  private final AtomicLong graphs = new AtomicLong();
  private final Map<Session, Long> keys = Collections.synchronizedMap(new WeakHashMap<>());

  /** Held so that the server lives as long as this. */
  @SuppressWarnings("unused")
  private final Server server;

  /**
   * Starts the server and waits for those of the others.
   *
   * @throws ReplicaException when they are not there in time
   */
  GrpcReplicas(Workers workers) {
    this.workers = workers;
    this.peers = new Peers(workers);
    this.collectives = new Collectives(workers.addresses().size());
    NativeRuntime.printNoErrors();
    NativeRuntime.start();
    cluster =
        ConfigProto.newBuilder()
            // Two graphs may have variables of one name.
            .setIsolateSessionState(true)
            .addDeviceFilters("/job:" + JOB + "/task:" + workers.rank())
            .setExperimental(
                ConfigProto.Experimental.newBuilder()
                    .setCollectiveGroupLeader("/job:" + JOB + "/replica:0/task:0")
                    .setRecvBufMaxChunk(CHUNK))
            .build();
    server = started();
    peers.await();
    Collectives.registerGradient(count());
    bytes = new ByteExchange(this);
    await();
  }

  private Server started() {
    JobDef.Builder job = JobDef.newBuilder().setName(JOB);
    for (int r = 0; r < workers.addresses().size(); r++) {
      job.putTasks(r, workers.addresses().get(r));
    }
    ServerDef definition =
        ServerDef.newBuilder()
            .setCluster(ClusterDef.newBuilder().addJob(job))
            .setJobName(JOB)
            .setTaskIndex(workers.rank())
            .setProtocol("grpc")
            .setDefaultSessionConfig(cluster)
            .build();
    try {
      return NativeRuntime.inSilence(
          () -> {
            Server made = new Server(definition);
            made.start();
            return made;
          });
    } catch (RuntimeException e) {
      throw new ReplicaException(
          workers.addresses().get(workers.rank())
              + ": this worker cannot listen there ("
              + TensorFlowFailure.reason(e)
              + "); fix: a port that no other process uses",
          e);
    }
  }

  Collectives collectives() {
    return collectives;
  }

  @Override
  public int count() {
    return workers.addresses().size();
  }

  @Override
  public int rank() {
    return workers.rank();
  }

  @Override
  public String name(int rank) {
    return peers.name(rank);
  }

  @Override
  public Session session(Graph graph, ConfigProto config) {
    Session session =
        TargetSession.of(
            graph,
            "grpc://" + workers.addresses().get(workers.rank()),
            config.toBuilder().mergeFrom(cluster).build());
    keys.put(session, graphs.incrementAndGet());
    return session;
  }

  @Override
  public Session.Runner runner(Session session) {
    return session
        .runner()
        .setOptions(
            RunOptions.newBuilder()
                .setTimeoutInMs(workers.timeout().toMillis())
                .setExperimental(
                    RunOptions.Experimental.newBuilder()
                        .setCollectiveGraphKey(keys.getOrDefault(session, 0L)))
                .build());
  }

  @Override
  public List<Operand<TFloat32>> means(Ops tf, List<? extends Operand<TFloat32>> values) {
    return Buckets.exchanged(tf, values, vector -> collectives.mean(tf.scope(), vector));
  }

  @Override
  public Operand<TFloat32> mean(Ops tf, Operand<TFloat32> value) {
    return collectives.mean(tf.scope(), value);
  }

  @Override
  public List<byte[]> all(byte[] own) {
    return bytes.all(own);
  }

  @Override
  public byte[] ofFirst(byte[] own) {
    return bytes.ofFirst(own);
  }

  @Override
  public RuntimeException explained(RuntimeException failure) {
    if (failure instanceof ReplicaException || !TensorFlowFailure.is(failure)) {
      return failure;
    }
    String reason = TensorFlowFailure.described(failure);
    @Nullable String why = why(reason);
    return why == null ? failure : new ReplicaException(why, failure);
  }

  private @Nullable String why(String reason) {
    List<Integer> silent = peers.silent();
    if (!silent.isEmpty()) {
      return peers.names(silent)
          + (silent.size() == 1 ? " has ended or does not answer" : " have ended or do not answer")
          + ", so that the training cannot go on; its own output says why. Start all workers again,"
          + " and they go on from the last checkpoint";
    }
    if (reason.contains("timed out") || reason.contains("Deadline")) {
      return "no worker has come as far as this one within "
          + Peers.seconds(workers.timeout())
          + ", though all answer; fix: wait longer with --timeout, or look what a worker is busy"
          + " with";
    }
    return reason.contains("ollective") || reason.contains("Socket closed")
        ? "another worker has ended ("
            + reason
            + "). Start all workers again, and they go on from"
            + " the last checkpoint"
        : null;
  }

  @Override
  public void close() {
    await();
  }
}
