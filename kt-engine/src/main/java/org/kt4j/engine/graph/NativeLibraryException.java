package org.kt4j.engine.graph;

/**
 * Native code cannot be loaded on this system. The message says which, why, and what to set or
 * install.
 */
public final class NativeLibraryException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  NativeLibraryException(String message, Throwable cause) {
    super(message, cause);
  }
}
