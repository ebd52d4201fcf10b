package org.kt4j.spark;

/** What the user gave cannot be used; the message says what, where, what is allowed and the fix. */
final class BadInputException extends RuntimeException {

  private static final long serialVersionUID = 1;

  BadInputException(String message) {
    super(message);
  }
}
