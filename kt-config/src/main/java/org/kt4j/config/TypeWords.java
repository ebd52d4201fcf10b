package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What a type, and what a value found in a file, is called in errors and listings. */
final class TypeWords {

  private TypeWords() {}

  /** The type without an article, such as {@code whole number} or {@code list of numbers}. */
  static String of(Type type) {
    Class<?> raw = raw(type);
    if (raw == int.class || raw == Integer.class || raw == long.class || raw == Long.class) {
      return "whole number";
    }
    if (raw == double.class || raw == Double.class) {
      return "number";
    }
    if (raw == boolean.class || raw == Boolean.class) {
      return "true or false";
    }
    if (raw == String.class) {
      return "text";
    }
    if (raw == Path.class) {
      return "path";
    }
    if (raw.isEnum()) {
      return constants(raw).stream().collect(Collectors.joining(", ", "one of ", ""));
    }
    if (raw == List.class) {
      return "list of " + plural(argument(type, 0));
    }
    if (raw == Map.class) {
      return "map of " + plural(argument(type, 1));
    }
    return "map";
  }

  /** What an error says was expected: the type with its article. */
  static String expected(Type type) {
    String words = of(type);
    return words.startsWith("one of") || words.startsWith("t") ? words : "a " + words;
  }

  /** What an error says was found. */
  static String found(JsonNode node) {
    if (node.isTextual()) {
      return "'" + Shortened.of(node.textValue()) + "' (text)";
    }
    if (node.isObject()) {
      return "a map";
    }
    if (node.isArray()) {
      return "a list";
    }
    return node.isNull() ? "nothing" : Shortened.of(node.asText());
  }

  /** The constants of an enum as they are written in YAML. */
  static List<String> constants(Class<?> enumType) {
    return Arrays.stream(enumType.getEnumConstants())
        .map(constant -> KebabCase.ofConstant((Enum<?>) constant))
        .toList();
  }

  static Class<?> raw(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return raw(parameterized.getRawType());
    }
    if (type instanceof Class<?> plain) {
      return plain;
    }
    throw new UnsupportedOperationException(
        "type " + type.getTypeName() + " cannot be configured; use a class, List or Map");
  }

  /** A type argument, such as the element type of a list. */
  static Type argument(Type type, int index) {
    if (type instanceof ParameterizedType parameterized) {
      return parameterized.getActualTypeArguments()[index];
    }
    throw new UnsupportedOperationException(
        "type " + type.getTypeName() + " cannot be configured without its type arguments");
  }

  private static String plural(Type type) {
    String words = of(type);
    if (words.startsWith("list") || words.startsWith("map of")) {
      return words.replaceFirst(" of ", "s of ");
    }
    return words.startsWith("one of") || words.startsWith("true") ? words : words + "s";
  }
}
