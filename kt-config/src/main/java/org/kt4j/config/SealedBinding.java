package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Binds a sealed interface of records. One key names the record, all others are its components:
 * {@code {name: adam-w, beta1: 0.8}} for a record {@code AdamW(double beta1)}.
 *
 * <p>Without the name, the initial value's record is taken. Components start from the initial value
 * when it is of the named record, otherwise from that record's own defaults.
 *
 * @param <T> the sealed interface
 */
public final class SealedBinding<T> implements CustomBinding<T> {

  private final String nameKey;
  private final T usual;
  private final Map<String, Class<? extends Record>> records = new LinkedHashMap<>();

  private SealedBinding(String nameKey, Class<T> type, T usual) {
    this.nameKey = nameKey;
    this.usual = usual;
    for (Class<?> permitted : type.getPermittedSubclasses()) {
      records.put(name(permitted), permitted.asSubclass(Record.class));
    }
  }

  /**
   * A binding of all records that an interface permits.
   *
   * @param nameKey the key of the name
   * @param type the sealed interface
   * @param usual the initial value where the caller has none
   */
  public static <T> SealedBinding<T> of(String nameKey, Class<T> type, T usual) {
    return new SealedBinding<>(nameKey, type, usual);
  }

  /** What a value's record is called in YAML: {@code adam-w} for {@code AdamW}. */
  public static String name(Object value) {
    return name(value.getClass());
  }

  private static String name(Class<?> record) {
    return KebabCase.ofComponent(record.getSimpleName());
  }

  @Override
  public Optional<T> bind(JsonNode node, @Nullable T initial, BindingContext context) {
    if (!(node instanceof ObjectNode map)) {
      context.problem("expected a map, found " + TypeWords.found(node));
      return Optional.empty();
    }
    T base = initial == null ? usual : initial;
    return chosen(map, base, context).flatMap(type -> components(map, type, base, context));
  }

  @Override
  public JsonNode write(T value, @Nullable T initial, RecordWriter writer) {
    Record base =
        initial != null && initial.getClass() == value.getClass() ? (Record) initial : null;
    ObjectNode map = JsonNodeFactory.instance.objectNode().put(nameKey, name(value));
    return map.setAll(writer.write((Record) value, base));
  }

  private Optional<Class<? extends Record>> chosen(ObjectNode map, T base, BindingContext context) {
    JsonNode node = map.get(nameKey);
    if (node == null) {
      return Optional.of(base.getClass().asSubclass(Record.class));
    }
    BindingContext place = context.at(nameKey);
    if (!node.isValueNode() || node.isNull()) {
      place.problem("expected a name, found " + TypeWords.found(node));
      return Optional.empty();
    }
    Optional<Class<? extends Record>> named = Optional.ofNullable(records.get(node.asText()));
    if (named.isEmpty()) {
      place.problem(NearestName.unknown(node.asText(), records.keySet()));
    }
    return named;
  }

  private <R extends Record> Optional<T> components(
      ObjectNode map, Class<R> type, T base, BindingContext context) {
    ObjectNode own = map.deepCopy();
    List<String> known = RecordShape.of(type).keys();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      String key = entry.getKey();
      List<String> owners = owners(key);
      if (!known.contains(key) && !owners.isEmpty()) {
        own.remove(key);
        context
            .at(key)
            .problem(
                "belongs to "
                    + String.join(" and ", owners)
                    + ", not to "
                    + name(type)
                    + ", which has "
                    + String.join(", ", known)
                    + "; fix: leave it out, or "
                    + nameKey
                    + ": "
                    + String.join(" or ", owners));
      }
    }
    Optional<T> bound = bound(own, type, base, context);
    return own.size() == map.size() ? bound : Optional.empty();
  }

  /** The names of the records that have a key. */
  private List<String> owners(String key) {
    return records.entrySet().stream()
        .filter(entry -> RecordShape.of(entry.getValue()).keys().contains(key))
        .map(Map.Entry::getKey)
        .toList();
  }

  @SuppressWarnings("unchecked") // The records are those that T permits.
  private <R extends Record> Optional<T> bound(
      ObjectNode map, Class<R> type, T base, BindingContext context) {
    Set<String> others = Set.of(nameKey);
    Optional<R> bound =
        type.isInstance(base)
            ? context.bind(map, type.cast(base), others)
            : context.bind(map, type, others);
    return (Optional<T>) bound;
  }
}
