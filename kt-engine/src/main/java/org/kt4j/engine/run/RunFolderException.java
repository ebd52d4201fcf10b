package org.kt4j.engine.run;

/**
 * Thrown when what a run folder holds cannot be used: it is damaged, files are missing, or it
 * belongs to another configuration. The message says what is wrong, where, and what to do.
 */
public final class RunFolderException extends TrainingException {

  private static final long serialVersionUID = 1L;

  /** A message that says what, where, and what to do. */
  public RunFolderException(String message) {
    super(message);
  }

  /** A message that says what, where, and what to do, and the cause. */
  public RunFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
