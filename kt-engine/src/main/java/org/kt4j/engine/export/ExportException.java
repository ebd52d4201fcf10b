package org.kt4j.engine.export;

/** A network cannot be exported as it was asked for, or not to the place that was named. */
public final class ExportException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * A failure.
   *
   * @param message the folder, what is wrong, and the fix
   */
  public ExportException(String message) {
    super(message);
  }

  /**
   * A failure with a cause.
   *
   * @param message the folder, what is wrong, and the fix
   */
  public ExportException(String message, Throwable cause) {
    super(message, cause);
  }
}
