package org.kt4j.engine.run;

/**
 * Thrown when a training cannot begin or continue. The message says what is wrong, where, and what
 * to do.
 */
public class TrainingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** A message that says what, where, and what to do. */
  public TrainingException(String message) {
    super(message);
  }

  /** A message that says what, where, and what to do, and the cause. */
  public TrainingException(String message, Throwable cause) {
    super(message, cause);
  }
}
