package org.kt4j.engine.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import org.jspecify.annotations.Nullable;

/**
 * A file or text is no JSON, or holds something else than is expected. The message says where, what
 * is expected and what stands there; it names no file.
 */
public final class JsonException extends JsonProcessingException {

  private static final long serialVersionUID = 1;

  JsonException(String message, @Nullable Throwable cause) {
    super(message, null, cause);
  }
}
