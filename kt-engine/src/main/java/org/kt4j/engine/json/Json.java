package org.kt4j.engine.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * JSON of records and of trees. Properties that a record does not have are passed over, so that a
 * file of a newer version can be read.
 */
public final class Json {

  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  private static final ObjectWriter INDENTED = MAPPER.writer(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /**
   * Reads a file.
   *
   * @throws IOException when it cannot be read; a {@link JsonProcessingException} when it holds
   *     something else
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    return MAPPER.readValue(file.toFile(), type);
  }

  /**
   * Reads a text.
   *
   * @throws JsonProcessingException when it is something else
   */
  public static <T> T read(String text, Class<T> type) throws JsonProcessingException {
    return MAPPER.readValue(text, type);
  }

  /**
   * Reads a text.
   *
   * @throws JsonProcessingException when it is no JSON
   */
  public static JsonNode tree(String text) throws JsonProcessingException {
    return MAPPER.readTree(text);
  }

  /** An object without properties. */
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** An array without elements. */
  public static ArrayNode array() {
    return MAPPER.createArrayNode();
  }

  /** In one line, without a line's end. */
  public static String line(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw notJson(value, e);
    }
  }

  /** Indented, with a line's end. */
  public static String indented(Object value) {
    try {
      return INDENTED.writeValueAsString(value) + "\n";
    } catch (JsonProcessingException e) {
      throw notJson(value, e);
    }
  }

  private static IllegalArgumentException notJson(Object value, JsonProcessingException e) {
    return new IllegalArgumentException(value.getClass() + " cannot be written as JSON", e);
  }
}
