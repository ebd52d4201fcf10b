package org.kt4j.engine.json;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.CharConversionException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is wrong with a text, in words for people who know JSON and not Java. */
final class JsonProblem {

  private static final int LONGEST_TEXT = 60;

  private final JsonParser parser;
  private final boolean lines;

  /**
   * Problems of one text.
   *
   * @param parser stands where reading ended
   * @param lines whether the text has lines, so that a place is a line and a column
   */
  JsonProblem(JsonParser parser, boolean lines) {
    this.parser = parser;
    this.lines = lines;
  }

  /** Nothing stands there. */
  JsonException empty() {
    return new JsonException("the text is empty; expected: JSON", null);
  }

  /** {@code null} is all that stands there. */
  JsonException nothing(Class<?> type) {
    return new JsonException("expected " + kind(type) + ", found null", null);
  }

  /** Something stands behind the value. */
  JsonException more(@Nullable Throwable cause) {
    return new JsonException(
        "more stands behind the end of the JSON"
            + at(parser.currentTokenLocation())
            + "; a file holds one value",
        cause);
  }

  /** The bytes are no text. */
  static JsonException ofEncoding(CharConversionException problem) {
    return new JsonException(
        "is no text in UTF-8, UTF-16 or UTF-32: " + problem.getMessage(), problem);
  }

  /** What Jackson complains about. */
  JsonException of(JsonProcessingException problem) {
    if (problem instanceof JsonMappingException mapping) {
      return ofMapping(mapping);
    }
    return problem instanceof InputCoercionException range
        ? outOfRange("", range)
        : ofSyntax(problem);
  }

  private JsonException outOfRange(String path, InputCoercionException problem) {
    return new JsonException(path + expected(kind(problem.getTargetType())), problem);
  }

  private JsonException ofMapping(JsonMappingException problem) {
    String path = path(problem.getPath());
    if (problem.getCause() instanceof InputCoercionException range) {
      return outOfRange(path, range);
    }
    if (problem.getCause() instanceof JsonProcessingException syntax
        && !(syntax instanceof JsonMappingException)) {
      return ofSyntax(syntax);
    }
    if (problem instanceof ValueInstantiationException refused) {
      Throwable why = refused.getCause();
      String words =
          why == null || why.getMessage() == null || why instanceof NullPointerException
              ? "something is missing"
              : why.getMessage();
      return new JsonException(path + words + at(problem.getLocation()), problem);
    }
    Class<?> type =
        problem instanceof MismatchedInputException mismatch ? mismatch.getTargetType() : null;
    if (problem instanceof InvalidNullException && isInListOfLists(problem.getPath())) {
      type = null; // it is that of the outer one
    }
    if (parser.hasToken(JsonToken.END_OBJECT)) {
      return new JsonException(
          path + "is missing" + at(problem.getLocation()) + "; expected " + kind(type), problem);
    }
    return new JsonException(path + expected(kind(type)), problem);
  }

  private JsonException ofSyntax(JsonProcessingException problem) {
    if (problem instanceof JsonEOFException) {
      return new JsonException(
          "the JSON ends too early" + at(problem.getLocation()) + "; was the file cut off?",
          problem);
    }
    if (problem instanceof StreamConstraintsException) {
      int deepest = parser.streamReadConstraints().getMaxNestingDepth();
      return new JsonException(
          (parser.getParsingContext().getNestingDepth() > deepest
                  ? "lists and objects are nested more than " + deepest + " deep"
                  : "a text, name or number is too long")
              + at(parser.currentLocation()),
          problem);
    }
    return new JsonException(
        "is no JSON"
            + at(problem.getLocation())
            + ": "
            + problem
                .getOriginalMessage()
                .replace("Unrecognized token", "unknown word")
                .replaceAll(
                    "(?s)(: (was expecting|expected a valid value) \\(|\\s*\\(start marker).*|\\s*at \\[.*",
                    ""),
        problem);
  }

  private String expected(String kind) {
    return "expected " + kind + ", found " + found() + at(parser.currentTokenLocation());
  }

  private String found() {
    JsonToken token = parser.currentToken();
    if (token == null) {
      return "nothing";
    }
    return switch (token) {
      case START_OBJECT, FIELD_NAME -> "an object";
      case START_ARRAY -> "a list";
      case VALUE_STRING -> "the text " + quoted(text());
      default -> shortened(text());
    };
  }

  private String text() {
    try {
      return String.valueOf(parser.getText());
    } catch (IOException e) {
      return "?";
    }
  }

  private static String quoted(String text) {
    return Json.line(shortened(text));
  }

  private static String shortened(String text) {
    return text.length() <= LONGEST_TEXT ? text : text.substring(0, LONGEST_TEXT) + "...";
  }

  private String at(@Nullable JsonLocation place) {
    if (place == null || place.getLineNr() < 1) {
      return "";
    }
    return " ("
        + (lines ? "line " + place.getLineNr() + ", " : "")
        + "column "
        + place.getColumnNr()
        + ")";
  }

  /** {@code annotations[3].bbox: }; empty for the whole. */
  private static String path(List<JsonMappingException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : references) {
      if (reference.getIndex() >= 0) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        String name = String.valueOf(reference.getFieldName());
        boolean plain = name.matches("[\\w.-]{1," + LONGEST_TEXT + "}");
        path.append(path.isEmpty() ? "" : ".").append(plain ? name : quoted(name));
      }
    }
    return path.isEmpty() ? "" : path + ": ";
  }

  private static boolean isInListOfLists(List<JsonMappingException.Reference> path) {
    return path.size() > 1
        && path.subList(path.size() - 2, path.size()).stream()
            .map(JsonMappingException.Reference::getFrom)
            .allMatch(from -> from instanceof Collection<?> || from instanceof Map<?, ?>);
  }

  private static String kind(@Nullable Class<?> type) {
    if (type == null) {
      return "a value";
    }
    JsonClassDescription description = type.getAnnotation(JsonClassDescription.class);
    if (description != null) {
      return description.value();
    }
    if (type == int.class || type == Integer.class) {
      return "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
    }
    if (type == long.class || type == Long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == String.class) {
      return "a text";
    }
    if (type.isEnum()) {
      return "one of: "
          + Arrays.stream(type.getEnumConstants())
              .map(String::valueOf)
              .collect(Collectors.joining(", "));
    }
    if (type.isArray() || Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type.isRecord() || Map.class.isAssignableFrom(type) ? "an object" : "a value";
  }
}
