package org.kt4j.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The contents of a configuration file, not yet bound to records, with the name by which errors
 * call the file. Keys are unique, the top is a map; what the keys mean is {@link RecordBinder}'s
 * business.
 */
public final class ConfigurationTree {

  /** A key or an index: between dots, or in brackets, where dots do not count. */
  private static final Pattern SEGMENT = Pattern.compile("\\[([^\\[\\]]+)]\\.?|([^.\\[\\]]+)\\.?");

  private static final long LARGEST_FILE = 4L << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final String source;
  private final ObjectNode root;

  private ConfigurationTree(String source, ObjectNode root) {
    this.source = source;
    this.root = root;
  }

  /**
   * Reads a YAML or JSON file; errors name it by its file name.
   *
   * @throws ConfigurationException when there is no such file, it is empty, or it is not YAML
   */
  public static ConfigurationTree read(Path file) {
    String source = String.valueOf(file.getFileName());
    try {
      requireSmall(source, file);
      return parse(source, text(source, Files.readAllBytes(file)));
    } catch (NoSuchFileException e) {
      throw Problems.single(source, Place.TOP, "there is no file " + file);
    } catch (CharacterCodingException e) {
      throw Problems.single(source, Place.TOP, "is not UTF-8 text; fix: save it as UTF-8");
    } catch (IOException e) {
      throw Problems.single(source, Place.TOP, "cannot be read: " + reason(e));
    }
  }

  /** Without the name of the exception, and of the file, which stands there already. */
  private static @Nullable String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    return e instanceof FileSystemException fault && fault.getReason() != null
        ? fault.getReason()
        : e.getMessage();
  }

  private static void requireSmall(String source, Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw Problems.single(source, Place.TOP, "is a folder; expected a file");
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) { // a pipe may never end
      throw Problems.single(
          source,
          Place.TOP,
          "is no regular file but a pipe, a socket or a device; fix: save it as a file");
    }
    long size = Files.size(file);
    if (size > LARGEST_FILE) {
      throw Problems.single(
          source,
          Place.TOP,
          "has "
              + (size >> 20)
              + " MiB; a configuration has at most "
              + (LARGEST_FILE >> 20)
              + "; is this the right file?");
    }
  }

  private static String text(String source, byte[] bytes) throws CharacterCodingException {
    if (bytes.length >= 2 && (bytes[0] & bytes[1] & 0xFE) == 0xFE && bytes[0] != bytes[1]) {
      throw Problems.single(source, Place.TOP, "is UTF-16 text; fix: save it as UTF-8");
    }
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
  }

  /**
   * Parses YAML.
   *
   * @param source what errors call the text, such as a file name
   * @throws ConfigurationException when the text is empty, is not YAML, or has a key twice
   */
  public static ConfigurationTree parse(String source, String yaml) {
    try {
      JsonNode node = Yaml.parse(yaml);
      if (node instanceof ObjectNode map) {
        return new ConfigurationTree(source, map);
      }
      throw Problems.single(
          source,
          Place.TOP,
          node.isNull()
              ? "is empty; expected a map of keys"
              : "expected a map of keys at the top, found " + TypeWords.found(node));
    } catch (JsonProcessingException e) {
      throw Problems.single(source, Place.TOP, Yaml.position(e) + ": " + Yaml.reason(e));
    }
  }

  /**
   * A tree made in memory.
   *
   * @param source what errors call it
   * @param root copied
   */
  public static ConfigurationTree of(String source, ObjectNode root) {
    return new ConfigurationTree(source, root.deepCopy());
  }

  /** What errors call the file. */
  public String source() {
    return source;
  }

  /** A copy of the contents. */
  public ObjectNode root() {
    return root.deepCopy();
  }

  /**
   * Overrides one value.
   *
   * @param path {@code phases.0.epochs} or {@code phases[0].epochs}; a key that has dots itself
   *     stands in brackets, {@code layers[stage3.pre-relu]}. All but the last part must exist; the
   *     index after a list's last adds an element
   * @param value as it would stand in the file: {@code 2}, {@code adam}, {@code [1, 2]}, {@code
   *     {network: resnet-8}}; nothing is {@code null}
   * @throws ConfigurationException when the path leads nowhere or the value is not YAML
   */
  public void set(String path, String value) {
    List<String> segments = segments(path);
    JsonNode replacement = parsed(path, value);
    JsonNode node = root;
    Place place = Place.TOP;
    for (int i = 0; i < segments.size() - 1; i++) {
      String segment = segments.get(i);
      if (node instanceof ArrayNode list) {
        int index = index(list, segment, list.size() - 1, place);
        node = list.get(index);
        place = place.index(index);
      } else {
        JsonNode child = mapAt(node, place).get(segment);
        if (child == null) {
          throw missing(mapAt(node, place), place, segments.subList(i, segments.size()), value);
        }
        node = child;
        place = place.key(segment);
      }
    }
    String last = segments.get(segments.size() - 1);
    if (node instanceof ArrayNode list) {
      int index = index(list, last, list.size(), place);
      if (index == list.size()) {
        list.add(replacement);
      } else {
        list.set(index, replacement);
      }
    } else {
      mapAt(node, place).set(last, replacement);
    }
  }

  /**
   * Overrides several values, in the map's order.
   *
   * @throws ConfigurationException that holds the problems of all of them
   */
  public void setAll(Map<String, String> values) {
    List<String> problems = new ArrayList<>();
    values.forEach(
        (path, value) -> {
          try {
            set(path, value);
          } catch (ConfigurationException e) {
            problems.addAll(e.problems());
          }
        });
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  /** The contents as YAML in block style, ending with a line break. */
  public String toYaml() {
    return Yaml.block(root);
  }

  /** The same as {@link #toYaml()}. */
  @Override
  public String toString() {
    return toYaml();
  }

  private List<String> segments(String path) {
    List<String> segments = new ArrayList<>();
    Matcher matcher = SEGMENT.matcher(path);
    int end = 0;
    while (matcher.find() && matcher.start() == end) {
      segments.add(matcher.group(1) != null ? matcher.group(1) : matcher.group(2));
      end = matcher.end();
    }
    if (segments.isEmpty() || end != path.length() || path.endsWith(".")) {
      throw Problems.single(
          source,
          Place.TOP,
          "cannot set '"
              + Shortened.of(path)
              + "'; write a path like phases.0.epochs or phases[0].epochs");
    }
    return segments;
  }

  private JsonNode parsed(String path, String value) {
    try {
      return Yaml.parse(value);
    } catch (JsonProcessingException e) {
      throw Problems.single(
          source,
          new Place(Shortened.of(path)),
          "cannot read '" + Shortened.of(value) + "' as YAML: " + Yaml.reason(e));
    }
  }

  private ObjectNode mapAt(JsonNode node, Place place) {
    if (node instanceof ObjectNode map) {
      return map;
    }
    throw Problems.single(
        source,
        place,
        "expected a map or a list to set a value in, found " + TypeWords.found(node));
  }

  private int index(ArrayNode list, String segment, int highest, Place place) {
    try {
      int index = Integer.parseInt(segment);
      if (index >= 0 && index <= highest) {
        return index;
      }
    } catch (NumberFormatException e) {
      // Reported below, together with numbers that are out of range.
    }
    String allowed = highest < 0 ? "the list is empty" : "expected an index from 0 to " + highest;
    throw Problems.single(
        source,
        place,
        "no element '" + Shortened.of(segment) + "' in a list of " + list.size() + "; " + allowed);
  }

  private ConfigurationException missing(
      ObjectNode map, Place place, List<String> rest, String value) {
    List<String> known = new ArrayList<>();
    map.fieldNames().forEachRemaining(known::add);
    String key = rest.get(0);
    String detail = NearestName.unknown("key", key, known);
    if (NearestName.of(key, known).isEmpty()) {
      List<String> below = rest.subList(1, rest.size());
      String nested =
          "={" + String.join(": {", below) + ": " + Shortened.of(value) + "}".repeat(below.size());
      detail += "; to add it, set it whole: " + place.key(key) + nested;
    }
    return Problems.single(source, place, detail);
  }
}
