package org.kt4j.engine.export;

/**
 * What was exported does not compute what it was exported from: a fault of ours, not of the user.
 */
public final class ExportMismatchException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * A failure.
   *
   * @param message what was exported, how far it is off, and what is allowed
   */
  public ExportMismatchException(String message) {
    super(message);
  }
}
