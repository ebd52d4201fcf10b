package org.kt4j.engine.replica;

/**
 * How a student is trained by several workers.
 *
 * @param replicas the workers
 * @param synchronised whether batch normalisation takes its statistics from the rows of all workers
 *     and not from those of its own
 */
public record Replication(Replicas replicas, boolean synchronised) {

  /** By one worker. */
  public static final Replication ALONE = new Replication(Replicas.one(), false);
}
