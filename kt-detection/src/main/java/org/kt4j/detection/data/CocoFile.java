package org.kt4j.detection.data;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.DataException;
import org.kt4j.data.ReadFault;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.json.JsonException;

/**
 * What is needed of a JSON file of COCO; outlines and captions are passed over.
 *
 * @param images the pictures
 * @param annotations the objects
 * @param categories the classes
 */
record CocoFile(List<Image> images, List<Annotation> annotations, List<Category> categories) {

  /**
   * A picture.
   *
   * @param id that objects refer to
   * @param fileName in the folder of the pictures
   * @param height rows; absent or 0 where it is not known
   * @param width columns; absent or 0 where it is not known
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Image(Id id, String fileName, @Nullable Double height, @Nullable Double width) {}

  /**
   * An object.
   *
   * @param id for messages
   * @param imageId the picture's
   * @param categoryId the class's
   * @param bbox left edge, upper edge, width and height in pixels; absent or empty where an
   *     annotator has drawn an outline only
   * @param area of the outline in square pixels; whatever stands there
   * @param iscrowd whether it is a group of objects that are not told apart
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  record Annotation(
      @Nullable Id id,
      Id imageId,
      Id categoryId,
      @Nullable List<Double> bbox,
      @Nullable Object area,
      @Nullable Flag iscrowd) {}

  /**
   * A class.
   *
   * @param id that objects refer to
   * @param name of the class
   */
  record Category(Id id, Name name) {}

  /**
   * The name of a class, a text; a number is its own.
   *
   * @param text as it is written
   */
  @JsonClassDescription(Name.EXPECTED)
  record Name(String text) {

    private static final String EXPECTED = "a text";

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Name of(Object value) {
      if (value instanceof String text) {
        return new Name(text);
      }
      if (value instanceof Number number
          && (!(value instanceof Double) || Double.isFinite(number.doubleValue()))) {
        return new Name(number.toString());
      }
      throw new IllegalArgumentException("expected " + EXPECTED + ", found " + shown(value));
    }
  }

  /**
   * What pictures, objects and classes are told apart by: a whole number or a text. They only have
   * to be equal; {@code 12} and {@code "12"} are, {@code "0012"} is another one. Numbers come
   * before texts.
   *
   * @param text as it is written
   */
  @JsonClassDescription(Id.EXPECTED)
  record Id(String text) implements Comparable<Id> {

    private static final String EXPECTED = "an id, which is a whole number or a text";

    private static final Comparator<Id> ORDER =
        Comparator.comparing(Id::isText).thenComparing(Id::number).thenComparing(Id::text);

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Id of(Object value) {
      if (value instanceof String text && !text.isBlank()) {
        return new Id(text);
      }
      if (value instanceof Integer || value instanceof Long || value instanceof BigInteger) {
        return new Id(value.toString());
      }
      // 7.0, as tools write it that keep all numbers as floating-point ones.
      if (value instanceof Double number && Math.rint(number) == number && !number.isInfinite()) {
        return new Id(new BigDecimal(number).toBigInteger().toString());
      }
      throw new IllegalArgumentException("expected " + EXPECTED + ", found " + shown(value));
    }

    private boolean isText() {
      return !text.matches("-?[0-9]+");
    }

    private BigInteger number() {
      return isText() ? BigInteger.ZERO : new BigInteger(text);
    }

    @Override
    public int compareTo(Id other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  /**
   * 0 or 1, false or true.
   *
   * @param isSet whether it is 1 or true
   */
  @JsonClassDescription(Flag.EXPECTED)
  record Flag(boolean isSet) {

    private static final String EXPECTED = "0, 1, false or true";

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Flag of(Object value) {
      if (value instanceof Boolean flag) {
        return new Flag(flag);
      }
      if (value instanceof Number number
          && (number.doubleValue() == 0 || number.doubleValue() == 1)) {
        return new Flag(number.doubleValue() == 1);
      }
      throw new IllegalArgumentException("expected " + EXPECTED + ", found " + shown(value));
    }
  }

  private static String shown(Object value) {
    if (value instanceof List<?>) {
      return "a list";
    }
    return value instanceof Map<?, ?>
        ? "an object"
        : value instanceof String text ? "the text " + Json.line(text) : value.toString();
  }

  /**
   * Reads a file.
   *
   * @param data the data set's name, for messages
   * @throws DataException when it does not exist or is no such JSON
   */
  static CocoFile read(String data, Path file) {
    if (!Files.isRegularFile(file)) {
      throw new DataException(
          data
              + ": "
              + file
              + (RegularFile.isOther(file) ? " is no regular file" : " does not exist")
              + "; expected: annotations as JSON of COCO");
    }
    try {
      return Json.read(file, CocoFile.class);
    } catch (IOException e) {
      throw new DataException(
          data
              + ": "
              + file
              + " cannot be read as JSON of COCO: "
              + (e instanceof JsonException ? e.getMessage() : ReadFault.reason(e))
              + "; a file of COCO is one object with the lists images, annotations and categories;"
              + " fix: correct it, or name another",
          e);
    }
  }
}
