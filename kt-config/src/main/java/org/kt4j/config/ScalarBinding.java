package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Binds single values: numbers, flags, texts, paths and enum constants. */
final class ScalarBinding {

  /** Numbers whose digits are not those of the file: 1e5 is 1E+5 here, and .nan is NaN. */
  private static final Pattern NOT_AS_WRITTEN = Pattern.compile("[a-zA-Z]");

  private ScalarBinding() {}

  static Optional<?> bind(JsonNode node, Class<?> type, BindingContext context) {
    Optional<String> unusable = unusable(node, type);
    if (unusable.isPresent()) {
      context.problem(unusable.get());
      return Optional.empty();
    }
    Optional<?> value = converted(node, type, context);
    if (value.isEmpty() && !type.isEnum()) {
      String meaning = isNumber(type) ? context.meaning() : "";
      context.problem(
          "expected " + expected(node, type) + meaning + ", found " + TypeWords.found(node));
    }
    return value;
  }

  private static boolean isNumber(Class<?> type) {
    return type == int.class
        || type == Integer.class
        || type == long.class
        || type == Long.class
        || type == double.class
        || type == Double.class;
  }

  /** What is wrong with a text or a path that could be bound all the same. */
  private static Optional<String> unusable(JsonNode node, Class<?> type) {
    if ((type != String.class && type != Path.class) || !node.isValueNode()) {
      return Optional.empty();
    }
    String text = node.asText();
    OptionalInt control = text.chars().filter(Character::isISOControl).findFirst();
    if (control.isPresent()) {
      return Optional.of(
          "'"
              + Shortened.of(text)
              + "' holds the control character "
              + Shortened.codePoint(control.getAsInt())
              + "; allowed: a text without control characters");
    }
    if (node.isNumber() && NOT_AS_WRITTEN.matcher(text).find()) {
      return Optional.of("expected a text, found the number " + text + "; fix: put it in quotes");
    }
    if (type == Path.class && text.isBlank()) {
      return Optional.of("expected a path, found '" + text + "' (empty)");
    }
    return Optional.empty();
  }

  private static Optional<?> converted(JsonNode node, Class<?> type, BindingContext context) {
    if (type == int.class || type == Integer.class) {
      return node.isIntegralNumber() && node.canConvertToInt()
          ? Optional.of(node.intValue())
          : Optional.empty();
    }
    if (type == long.class || type == Long.class) {
      return node.isIntegralNumber() && node.canConvertToLong()
          ? Optional.of(node.longValue())
          : Optional.empty();
    }
    if (type == double.class || type == Double.class) {
      return number(node);
    }
    if (type == boolean.class || type == Boolean.class) {
      return node.isBoolean() ? Optional.of(node.booleanValue()) : Optional.empty();
    }
    if (type == String.class) {
      return text(node);
    }
    if (type == Path.class) {
      return text(node).flatMap(ScalarBinding::path);
    }
    if (type.isEnum()) {
      return constant(node, type, context);
    }
    throw RecordBinder.unsupported(type);
  }

  private static Optional<Double> number(JsonNode node) {
    return node.isNumber()
        ? Optional.of(node.doubleValue()).filter(Double::isFinite)
        : Optional.empty();
  }

  /** A number or a flag is a text too: a run may be named 7. */
  private static Optional<String> text(JsonNode node) {
    return node.isValueNode() ? Optional.of(node.asText()) : Optional.empty();
  }

  private static Optional<Path> path(String text) {
    try {
      return Optional.of(Path.of(text));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private static Optional<?> constant(JsonNode node, Class<?> type, BindingContext context) {
    List<String> names = TypeWords.constants(type);
    if (!node.isValueNode()) {
      context.problem("expected " + TypeWords.of(type) + ", found " + TypeWords.found(node));
      return Optional.empty();
    }
    int index = names.indexOf(node.asText());
    if (index < 0) {
      context.problem(NearestName.unknown(node.asText(), names));
      return Optional.empty();
    }
    return Optional.of(type.getEnumConstants()[index]);
  }

  private static String expected(JsonNode node, Class<?> type) {
    if (node.isIntegralNumber() && (type == int.class || type == Integer.class)) {
      return "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
    }
    if (node.isIntegralNumber() && (type == long.class || type == Long.class)) {
      return "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;
    }
    if (node.isNumber() && (type == double.class || type == Double.class)) {
      return "a finite number";
    }
    return TypeWords.expected(type);
  }
}
