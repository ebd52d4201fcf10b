package org.kt4j.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the tree of one document, and refuses what YAML would silently take for something else: a
 * key that stands twice, an alias, a tag, a second document, a number in another notation than the
 * decimal one.
 */
final class YamlTree {

  /** Maps and lists in each other; a configuration has six. */
  private static final int DEEPEST = 64;

  /** Digits of a number; a double has 17. */
  private static final int LONGEST_NUMBER = 100;

  private static final int LARGEST_EXPONENT = 1_000;

  private static final Pattern WHOLE = Pattern.compile("[-+]?(0|[1-9][0-9]*)");
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][-+]?[0-9]+)?");

  private final YAMLParser parser;

  YamlTree(YAMLParser parser) {
    this.parser = parser;
  }

  /** The document; {@code null} when there is none. */
  JsonNode read() throws IOException {
    JsonToken token = parser.nextToken();
    if (token == null) {
      return NullNode.getInstance();
    }
    JsonNode document = node(token, 0);
    if (parser.nextToken() != null) {
      throw refusal("a second document begins here; a configuration is one document");
    }
    return document;
  }

  private JsonNode node(@Nullable JsonToken token, int depth) throws IOException {
    if (token == null) {
      throw refusal("ends before it is complete");
    }
    if (parser.isCurrentAlias()) {
      throw refusal("the alias *" + parser.getText() + " cannot be used; write it out");
    }
    if (parser.getTypeId() != null) {
      throw refusal("the tag " + parser.getTypeId() + " cannot be used; fix: leave it out");
    }
    if (depth > DEEPEST) {
      throw refusal("more than " + DEEPEST + " maps and lists in each other; allowed: fewer");
    }
    return switch (token) {
      case START_OBJECT -> map(depth);
      case START_ARRAY -> list(depth);
      case VALUE_NULL -> NullNode.getInstance();
      case VALUE_TRUE -> BooleanNode.TRUE;
      case VALUE_FALSE -> BooleanNode.FALSE;
      case VALUE_NUMBER_INT -> whole(parser.getText());
      case VALUE_NUMBER_FLOAT -> decimal(parser.getText());
      default -> TextNode.valueOf(parser.getText());
    };
  }

  private ObjectNode map(int depth) throws IOException {
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_OBJECT;
        token = parser.nextToken()) {
      if (token != JsonToken.FIELD_NAME) {
        throw refusal("ends before it is complete");
      }
      String key = parser.currentName();
      if (map.has(key)) {
        throw refusal("the key '" + Shortened.of(key) + "' stands here twice");
      }
      map.set(key, node(parser.nextToken(), depth + 1));
    }
    return map;
  }

  private ArrayNode list(int depth) throws IOException {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      list.add(node(token, depth + 1));
    }
    return list;
  }

  private JsonNode whole(String text) throws IOException {
    requireShort(text);
    if (!WHOLE.matcher(text).matches()) {
      throw refusal(
          "the number "
              + text
              + " is not in decimal notation (YAML reads "
              + parser.getNumberValue()
              + "); fix: write it in decimal notation, or quote it, '"
              + text
              + "', where it is a text");
    }
    return switch (parser.getNumberType()) {
      case INT -> IntNode.valueOf(parser.getIntValue());
      case LONG -> LongNode.valueOf(parser.getLongValue());
      default -> BigIntegerNode.valueOf(parser.getBigIntegerValue());
    };
  }

  /** Decimals keep the digits of the file, so that a text such as 1.10 stays what it is. */
  private JsonNode decimal(String text) throws IOException {
    requireShort(text);
    if (!DECIMAL.matcher(text).matches()) {
      return notFinite(text);
    }
    BigDecimal number = new BigDecimal(text);
    if (Math.abs((long) number.precision() - number.scale()) > LARGEST_EXPONENT) {
      throw refusal(
          "the exponent of "
              + text
              + " is out of range; allowed: -"
              + LARGEST_EXPONENT
              + " to "
              + LARGEST_EXPONENT);
    }
    return DecimalNode.valueOf(number);
  }

  /**
   * What YAML writes {@code .nan} and {@code .inf}: the binder says where no such number may be.
   */
  private JsonNode notFinite(String text) throws JsonParseException {
    String sign = text.startsWith("-") ? "-" : "";
    String plain = text.replaceFirst("^[-+]", "");
    if (plain.equalsIgnoreCase(".nan")) {
      return DoubleNode.valueOf(Double.NaN);
    }
    if (plain.equalsIgnoreCase(".inf")) {
      return DoubleNode.valueOf(
          sign.isEmpty() ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY);
    }
    throw refusal(
        "the number "
            + text
            + " is not in decimal notation; fix: write it with digits and one point, or quote it, '"
            + text
            + "', where it is a text");
  }

  private void requireShort(String text) throws JsonParseException {
    if (text.length() > LONGEST_NUMBER) {
      throw refusal(
          "a number of "
              + text.length()
              + " characters; allowed: at most "
              + LONGEST_NUMBER
              + "; fix: fewer digits, or quotes where it is a text");
    }
  }

  private JsonParseException refusal(String reason) {
    return new JsonParseException(parser, reason, parser.currentTokenLocation());
  }
}
