package org.kt4j.cluster;

import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.replica.Workers;

/** Workers that talk through TensorFlow's gRPC servers. */
public final class GrpcReplicasProvider implements ReplicasProvider {

  /** Creates the provider, which {@link java.util.ServiceLoader} does. */
  public GrpcReplicasProvider() {}

  @Override
  public Replicas join(Workers workers) {
    return new GrpcReplicas(workers);
  }
}
