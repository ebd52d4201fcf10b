package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Binds a type that is not a plain record of plain components, and writes it back.
 *
 * @param <T> the type, as it stands in a record component, a list or a map
 */
public interface CustomBinding<T> {

  /**
   * Binds a node.
   *
   * @param node what stands in the file; nothing, {@code null} in YAML, only if {@link
   *     #takesNothing}
   * @param initial the value that applies if the file does not mention it, if there is one
   * @param context where to bind parts and to report problems
   * @return the value; empty when a problem was reported. An {@link IllegalArgumentException}
   *     thrown here is reported at this place
   */
  Optional<T> bind(JsonNode node, @Nullable T initial, BindingContext context);

  /** Whether nothing, {@code null} in YAML, is a value; elsewhere it is a problem. */
  default boolean takesNothing() {
    return false;
  }

  /**
   * Writes a value such that {@link #bind} reads an equal one.
   *
   * @param value what to write
   * @param initial what {@link #bind} will be given when it is read back
   * @param writer writes records that are part of the value
   */
  JsonNode write(T value, @Nullable T initial, RecordWriter writer);
}
