package org.kt4j.data;

/**
 * A data set cannot be opened, read or downloaded. The message says what is wrong, the value, where
 * it was found, what would be right, and the fix.
 */
public final class DataException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * A fault found by a check of ours.
   *
   * @param message what, value, where, allowed, fix
   */
  public DataException(String message) {
    super(message);
  }

  /**
   * A fault found below us.
   *
   * @param message what, value, where, allowed, fix
   * @param cause what the JDK said
   */
  public DataException(String message, Throwable cause) {
    super(message, cause);
  }
}
