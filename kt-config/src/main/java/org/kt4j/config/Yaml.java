package org.kt4j.config;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Text to tree and back: Jackson's YAML, set up to be strict when read and terse when written. */
final class Yaml {

  private static final YAMLFactory FACTORY =
      YAMLFactory.builder()
          .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
          .enable(YAMLParser.Feature.PARSE_BOOLEAN_LIKE_WORDS_AS_STRINGS)
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .disable(YAMLGenerator.Feature.SPLIT_LINES)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  // Decimals keep the digits of the file, so that a text such as 1.10 stays what it is.
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(FACTORY)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN)
          .build();

  /** How SnakeYAML gives a place in a message. */
  private static final Pattern MARK =
      Pattern.compile("(?m)(?<=^ in 'reader', )line \\d+, column \\d+");

  private Yaml() {}

  /** Parses a whole text; one without any value is {@code null}. */
  static JsonNode parse(String yaml) throws JsonProcessingException {
    check(yaml);
    JsonNode node = MAPPER.readTree(yaml);
    return node == null || node.isMissingNode() ? NullNode.getInstance() : node;
  }

  /** Why a text could not be parsed, on one line and without the place. */
  static String reason(JsonProcessingException e) {
    // SnakeYAML explains in lines of text and quotes the file in indented lines.
    return e.getOriginalMessage()
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(", "));
  }

  /** Where a text could not be parsed: {@code line 3, column 5}. */
  static String position(JsonProcessingException e) {
    // Jackson's own location is where the last good token stands, which may be lines before.
    return MARK.matcher(e.getOriginalMessage())
        .results()
        .map(MatchResult::group)
        .reduce((first, last) -> last)
        .orElseGet(
            () ->
                e.getLocation() == null
                    ? "unknown line"
                    : "line "
                        + e.getLocation().getLineNr()
                        + ", column "
                        + e.getLocation().getColumnNr());
  }

  /** The tree in block style. */
  static String block(JsonNode node) {
    try {
      return MAPPER.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that cannot be written", e);
    }
  }

  /** The tree on one line: {@code [1, 2]}, {@code {stage3: stage3}}. */
  static String flow(JsonNode node) {
    if (node.isArray()) {
      return StreamSupport.stream(node.spliterator(), false)
          .map(Yaml::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (node.isObject()) {
      return node.properties().stream()
          .map(entry -> flow(TextNode.valueOf(entry.getKey())) + ": " + flow(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    String plain = block(node).strip();
    return node.isTextual() && !plain.equals(node.textValue()) ? node.toString() : plain;
  }

  /** Refuses what {@code readTree} would silently take for something else. */
  private static void check(String yaml) throws JsonProcessingException {
    try (YAMLParser parser = FACTORY.createParser(yaml)) {
      Deque<Set<String>> keys = new ArrayDeque<>();
      int depth = 0;
      boolean ended = false;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (ended) {
          throw refusal(parser, "a second document begins here; a configuration is one document");
        }
        if (parser.isCurrentAlias()) {
          throw refusal(parser, "the alias *" + parser.getText() + " cannot be used; write it out");
        }
        if (token == JsonToken.START_OBJECT) {
          keys.push(new HashSet<>());
        } else if (token == JsonToken.END_OBJECT) {
          keys.pop();
        } else if (token == JsonToken.FIELD_NAME && !keys.element().add(parser.currentName())) {
          throw refusal(parser, "the key '" + parser.currentName() + "' stands here twice");
        }
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        ended = depth == 0;
      }
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonParseException refusal(YAMLParser parser, String reason) {
    return new JsonParseException(parser, reason, parser.currentTokenLocation());
  }
}
