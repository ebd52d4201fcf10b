package org.kt4j.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Describes an options record to a reader: each key, what it takes, its default, its meaning. */
public final class OptionsListing {

  private OptionsListing() {}

  /**
   * One line of a listing.
   *
   * @param key as it stands in YAML; {@code outer.inner} in a nested record
   * @param type what it takes, in words: {@code number}, {@code one of linear, polynomial}
   * @param defaultValue as YAML on one line; {@code none} when there is no default
   * @param description of {@link org.kt4j.api.Description}, or empty
   */
  public record Line(String key, String type, String defaultValue, String description) {}

  /** The options in the record's order. */
  public static List<Line> of(Record defaults) {
    List<Line> lines = new ArrayList<>();
    add(lines, "", defaults);
    return List.copyOf(lines);
  }

  private static void add(List<Line> lines, String prefix, Record defaults) {
    RecordWriter writer = new RecordWriter(Map.of());
    for (RecordShape.Component component : RecordShape.of(defaults).components()) {
      String key = prefix + component.key();
      @Nullable Object value = component.valueIn(defaults);
      if (value instanceof Record nested) {
        add(lines, component.inline() ? prefix : key + ".", nested);
      } else {
        String text =
            value == null ? "none" : Yaml.flow(writer.node(value, component.type(), null));
        lines.add(new Line(key, TypeWords.of(component.type()), text, component.description()));
      }
    }
  }
}
