package org.kt4j.detection.export;

/** A detector cannot be exported, or what was exported is not what it should be. */
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
