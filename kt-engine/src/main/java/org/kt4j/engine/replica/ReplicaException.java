package org.kt4j.engine.replica;

import org.kt4j.engine.run.TrainingException;

/** The workers of one training cannot go on together; the message names the one to blame. */
public final class ReplicaException extends TrainingException {

  private static final long serialVersionUID = 1;

  /** Creates the exception. */
  public ReplicaException(String message) {
    super(message);
  }

  /** Creates the exception. */
  public ReplicaException(String message, Throwable cause) {
    super(message, cause);
  }
}
