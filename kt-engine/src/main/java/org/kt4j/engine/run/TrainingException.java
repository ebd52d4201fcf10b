package org.kt4j.engine.run;

/** A training that cannot begin or go on; the message says what, where, and what to do. */
public final class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What, where, and what to do. */
  public TrainingException(String message) {
    super(message);
  }

  /** What, where, what to do, and what came up. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
