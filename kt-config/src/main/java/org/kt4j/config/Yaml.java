package org.kt4j.config;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.ContentReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.io.UncheckedIOException;
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

  private static final YAMLMapper MAPPER =
      YAMLMapper.builder(FACTORY).enable(StreamWriteFeature.WRITE_BIGDECIMAL_AS_PLAIN).build();

  /** Characters of a configuration; those that people write have some thousand. */
  private static final int LARGEST = 1 << 20;

  private static final char NEXT_LINE = 0x85;

  /** How SnakeYAML gives a place in a message. */
  private static final Pattern MARK =
      Pattern.compile("(?m)(?<=^ in 'reader', )line \\d+, column \\d+");

  private Yaml() {}

  /** Parses a whole text; one without any value is {@code null}. */
  static JsonNode parse(String yaml) throws JsonProcessingException {
    requireText(yaml);
    try (YAMLParser parser = FACTORY.createParser(yaml)) {
      return new YamlTree(parser).read();
    } catch (JsonProcessingException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses what is too large, or no text, before a parser takes its time over it. */
  private static void requireText(String yaml) throws JsonParseException {
    if (yaml.length() > LARGEST) {
      throw new JsonParseException(
          null,
          "has "
              + yaml.length()
              + " characters; allowed: at most "
              + LARGEST
              + "; is this the right file?",
          new JsonLocation(ContentReference.unknown(), LARGEST, 1, 1));
    }
    int line = 1;
    int column = 1;
    for (int i = 0; i < yaml.length(); i++) {
      char c = yaml.charAt(i);
      if (c == '\n') {
        line++;
        column = 1;
        continue;
      }
      if (Character.isISOControl(c) && c != '\t' && c != '\r' && c != NEXT_LINE) {
        throw new JsonParseException(
            null,
            "the control character "
                + Shortened.codePoint(c)
                + " cannot stand here"
                + (c == 0 ? "; fix: save the file as UTF-8 text" : "; fix: remove it"),
            new JsonLocation(ContentReference.unknown(), i, line, column));
      }
      column++;
    }
  }

  /** Why a text could not be parsed, on one line and without the place. */
  static String reason(JsonProcessingException e) {
    String message = e.getOriginalMessage();
    if (message.startsWith("Expected a field name")) {
      return "a key is a single value, and here a list or a map stands as a key";
    }
    // SnakeYAML explains in lines of text and quotes the file in indented lines.
    return message
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
}
