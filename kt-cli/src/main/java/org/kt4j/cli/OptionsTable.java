package org.kt4j.cli;

import java.util.List;
import org.kt4j.config.OptionsListing;

/** What {@code kt methods NAME} and its like show of an options record. */
final class OptionsTable {

  private OptionsTable() {}

  /** The defaults. */
  static List<String> lines(Record options) {
    return lines(options, "default");
  }

  /**
   * The options.
   *
   * @param options the record
   * @param values what its values are, for the header
   */
  static List<String> lines(Record options, String values) {
    List<OptionsListing.Line> all = OptionsListing.of(options);
    if (all.isEmpty()) {
      return List.of("no options");
    }
    int key = widest(all.stream().map(OptionsListing.Line::key).toList(), "option");
    int type = widest(all.stream().map(OptionsListing.Line::type).toList(), "takes");
    int value = widest(all.stream().map(OptionsListing.Line::defaultValue).toList(), values);
    String format = "%-" + key + "s  %-" + type + "s  %-" + value + "s  %s";
    return java.util.stream.Stream.concat(
            java.util.stream.Stream.of(line(format, "option", "takes", values, "meaning")),
            all.stream()
                .map(l -> line(format, l.key(), l.type(), l.defaultValue(), l.description())))
        .toList();
  }

  /** The options as they stand behind a name in YAML: {@code , kernel: polynomial}. */
  static String yaml(Record options) {
    StringBuilder yaml = new StringBuilder();
    for (OptionsListing.Line line : OptionsListing.of(options)) {
      boolean given = !line.defaultValue().equals("none") && !line.defaultValue().equals("{}");
      if (!line.key().contains(".") && given) {
        yaml.append(", ").append(line.key()).append(": ").append(line.defaultValue());
      }
    }
    return yaml.toString();
  }

  private static int widest(List<String> cells, String header) {
    return Math.max(header.length(), cells.stream().mapToInt(String::length).max().orElse(0));
  }

  private static String line(String format, String... cells) {
    return String.format(java.util.Locale.ROOT, format, (Object[]) cells).stripTrailing();
  }
}
