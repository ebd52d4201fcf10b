package org.kt4j.engine.cache;

import org.jspecify.annotations.Nullable;

/** A cache that cannot be read, written or filled. */
public final class CacheException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** What is wrong, where, and how to mend it. */
  public CacheException(String message) {
    super(message);
  }

  /** What is wrong, where, and how to mend it; and what caused it. */
  public CacheException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
