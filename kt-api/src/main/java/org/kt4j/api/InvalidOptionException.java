package org.kt4j.api;

/**
 * An option has a value that its record does not allow. Thrown from the compact constructor of an
 * options record; the engine adds the file and the place.
 */
public final class InvalidOptionException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String option;
  private final String detail;

  /**
   * An option out of its range.
   *
   * @param option the record component's name, such as {@code temperature}
   * @param value the value that was given
   * @param allowed what would be right, such as {@code "a number above 0"}
   */
  public InvalidOptionException(String option, Object value, String allowed) {
    super(option + ": " + value + " is not allowed; allowed: " + allowed);
    this.option = option;
    this.detail = value + " is not allowed; allowed: " + allowed;
  }

  /** The record component's name. */
  public String option() {
    return option;
  }

  /** The message without the option's name. */
  public String detail() {
    return detail;
  }
}
