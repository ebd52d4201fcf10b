package org.kt4j.engine.weights;

import java.io.IOException;

/** What is wrong with a pickle, in words that follow the name of its file. */
final class BadPickleException extends IOException {

  private static final long serialVersionUID = 1L;

  BadPickleException(String problem) {
    super(problem);
  }
}
