package org.kt4j.engine.model;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A model that cannot be read, has no such input or output, does not fit what it is given, or needs
 * an engine that is not there. The message says what, where, what is allowed and the fix.
 */
public final class ModelException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong with a file, what is allowed, and the fix. */
  public ModelException(Path file, String problem) {
    this(file, problem, null);
  }

  /** The same, and what caused it. */
  public ModelException(Path file, String problem, @Nullable Throwable cause) {
    this(file.toString(), problem, cause);
  }

  /**
   * The same of a model that lies in no file of its own.
   *
   * @param source where it comes from
   */
  public ModelException(String source, String problem, @Nullable Throwable cause) {
    super(source + ": " + problem, cause);
  }

  /** The first line of what the innermost cause says: native libraries add whole stack traces. */
  public static String reason(Throwable failure) {
    Throwable innermost = failure;
    while (innermost.getCause() != null) {
      innermost = innermost.getCause();
    }
    String message = innermost.getMessage();
    return message == null
        ? innermost.getClass().getSimpleName()
        : message.strip().lines().findFirst().orElse("");
  }
}
