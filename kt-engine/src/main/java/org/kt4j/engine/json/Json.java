package org.kt4j.engine.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kt4j.data.RegularFile;

/**
 * JSON of records and of trees. Properties that a record does not have are passed over, so that a
 * file of a newer version can be read. Everything else is strict: a component of a record that is
 * not {@code @Nullable} has to be there and is not {@code null}, neither are elements of its lists
 * and maps; a text is no number, a fraction no whole number, a number finite and in the range of
 * its type; no property is there twice, and nothing stands behind the value. {@link MayBeMissing}
 * and {@link MayBeNaN} are the exceptions. Files may be in UTF-8, UTF-16 or UTF-32, with a byte
 * order mark or without.
 */
public final class Json {

  private static final int DEEPEST = 200;

  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          // NaN is no JSON, but other tools write it, also where nobody needs the number.
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .withCoercionConfig(
              LogicalType.Textual,
              texts -> {
                for (CoercionInputShape shape : CoercionInputShape.values()) {
                  texts.setCoercion(shape, CoercionAction.Fail);
                }
              })
          .annotationIntrospector(new StrictRecords())
          .addModule(
              new SimpleModule()
                  .addDeserializer(double.class, new FiniteDouble(false))
                  .addDeserializer(Double.class, new FiniteDouble(false)))
          .build();

  private static final ObjectWriter INDENTED = MAPPER.writer(SerializationFeature.INDENT_OUTPUT);

  private Json() {}

  /**
   * Reads a file.
   *
   * @throws JsonException when it holds something else
   * @throws IOException when it cannot be read
   */
  public static <T> T read(Path file, Class<T> type) throws IOException {
    try (InputStream in = Files.newInputStream(RegularFile.require(file));
        JsonParser parser = MAPPER.createParser(in)) {
      return read(parser, type, true);
    } catch (CharConversionException e) {
      throw JsonProblem.ofEncoding(e);
    }
  }

  /**
   * Reads a text.
   *
   * @throws JsonException when it is something else
   */
  public static <T> T read(String text, Class<T> type) throws JsonException {
    boolean marked = !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK;
    String json = marked ? text.substring(1) : text;
    try (JsonParser parser = MAPPER.createParser(json)) {
      return read(parser, type, json.indexOf('\n') >= 0);
    } catch (JsonException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("a text in memory cannot be read", e);
    }
  }

  /**
   * Reads a file of any structure.
   *
   * @throws JsonException when it is no JSON
   * @throws IOException when it cannot be read
   */
  public static JsonNode tree(Path file) throws IOException {
    return read(file, JsonNode.class);
  }

  /**
   * Reads a text of any structure.
   *
   * @throws JsonException when it is no JSON
   */
  public static JsonNode tree(String text) throws JsonException {
    return read(text, JsonNode.class);
  }

  private static <T> T read(JsonParser parser, Class<T> type, boolean lines) throws IOException {
    JsonProblem problem = new JsonProblem(parser, lines);
    try {
      if (parser.nextToken() == null) {
        throw problem.empty();
      }
      T value = MAPPER.readValue(parser, type);
      if (value == null) {
        throw problem.nothing(type);
      }
      requireEnd(parser, problem);
      return value;
    } catch (JsonException e) {
      throw e;
    } catch (JsonProcessingException e) {
      throw problem.of(e);
    }
  }

  private static void requireEnd(JsonParser parser, JsonProblem problem) throws IOException {
    try {
      if (parser.nextToken() == null) {
        return;
      }
    } catch (JsonProcessingException e) {
      throw problem.more(e);
    }
    throw problem.more(null);
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
