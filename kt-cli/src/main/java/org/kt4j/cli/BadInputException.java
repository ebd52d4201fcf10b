package org.kt4j.cli;

/** The user asked for something that is not there or does not fit; the message says what. */
final class BadInputException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  BadInputException(String message) {
    super(message);
  }
}
