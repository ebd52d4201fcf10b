package org.kt4j.engine.checkpoint;

/** A checkpoint that is missing, cut short, or cannot be written. */
public final class CheckpointException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What happened, where, and what to do. */
  public CheckpointException(String message) {
    super(message);
  }

  /** What happened, where, what to do, and what came up. */
  public CheckpointException(String message, Throwable cause) {
    super(message, cause);
  }
}
