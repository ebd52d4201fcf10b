package org.kt4j.engine.replica;

/** Joins the workers of one training; found by {@link java.util.ServiceLoader}. */
public interface ReplicasProvider {

  /**
   * Starts this worker and waits for the others.
   *
   * @throws ReplicaException when one of them is not there in time
   */
  Replicas join(Workers workers);
}
