package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.InvalidOptionException;

/**
 * Binds configurations to records and writes records as configurations. See the package page for
 * how keys and defaults are found.
 *
 * <p>A component is an {@code int}, {@code long}, {@code double}, {@code boolean} or one of their
 * boxes, a {@code String}, a {@code Path}, an enum, a record, a {@code List} or a {@code
 * Map<String, ...>} of these, or of a type with a {@link CustomBinding}.
 */
public final class RecordBinder {

  private final Map<Class<?>, CustomBinding<?>> customs;

  private RecordBinder(Map<Class<?>, CustomBinding<?>> customs) {
    this.customs = Map.copyOf(customs);
  }

  /** A binder for plain records. */
  public static RecordBinder plain() {
    return builder().build();
  }

  /** Starts a binder that knows more types. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Binds a configuration, starting from the record's own {@code defaults()} if it has them.
   *
   * @throws ConfigurationException with every problem of the configuration
   */
  public <R extends Record> R bind(ConfigurationTree tree, Class<R> type) {
    Problems problems = new Problems(tree.source());
    return finish(record(tree.root(), type, null, Set.of(), top(problems)), problems);
  }

  /**
   * Binds a configuration.
   *
   * @param tree what is given
   * @param defaults what applies to keys that are not given
   * @throws ConfigurationException with every problem of the configuration
   */
  public <R extends Record> R bind(ConfigurationTree tree, R defaults) {
    Problems problems = new Problems(tree.source());
    return finish(top(problems).bind(tree.root(), defaults, Set.of()), problems);
  }

  /**
   * The resolved configuration: every key, defaults included. {@link #bind(ConfigurationTree,
   * Class)} reads an equal record from it.
   *
   * @param source what errors call the tree
   * @param value the record
   */
  public ConfigurationTree toTree(String source, Record value) {
    return ConfigurationTree.of(source, new RecordWriter(customs).write(value, null));
  }

  private BindingContext top(Problems problems) {
    return new BindingContext(this, problems, Place.TOP);
  }

  private static <R> R finish(Optional<R> bound, Problems problems) {
    problems.throwIfAny();
    return bound.orElseThrow(
        () -> new IllegalStateException("a custom binding found no value and no problem"));
  }

  <R extends Record> Optional<R> record(
      JsonNode node,
      Class<R> type,
      @Nullable R initial,
      Set<String> otherKeys,
      BindingContext context) {
    if (!node.isObject()) {
      context.problem("expected a map, found " + TypeWords.found(node));
      return Optional.empty();
    }
    RecordShape<R> shape = RecordShape.of(type);
    reportUnknownKeys(node, shape, otherKeys, context);
    Components<R> components = new Components<>(shape, initial, context);
    for (RecordShape.Component component : shape.components()) {
      if (component.inline()) {
        components.addInline(component, node);
      } else {
        components.add(component, node.get(component.key()));
      }
    }
    return components.create();
  }

  private static void reportUnknownKeys(
      JsonNode node, RecordShape<?> shape, Set<String> otherKeys, BindingContext context) {
    Set<String> known = new LinkedHashSet<>(otherKeys);
    known.addAll(shape.keys());
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!known.contains(key)) {
                context.problem(NearestName.unknown("key", key, known));
              }
            });
  }

  private Optional<?> value(
      JsonNode node, Type type, @Nullable Object initial, BindingContext context) {
    Class<?> raw = TypeWords.raw(type);
    CustomBinding<?> custom = customs.get(raw);
    if (node.isNull() && !(custom != null && custom.takesNothing())) {
      context.problem(
          "expected "
              + (custom == null ? TypeWords.expected(type) : "a value")
              + ", found nothing");
      return Optional.empty();
    }
    if (custom != null) {
      return custom(custom, node, initial, context);
    }
    if (raw.isRecord()) {
      return nested(node, raw.asSubclass(Record.class), initial, context);
    }
    if (raw == List.class) {
      return list(node, type, context);
    }
    if (raw == Map.class) {
      return map(node, type, context);
    }
    return ScalarBinding.bind(node, raw, context);
  }

  private <R extends Record> Optional<R> nested(
      JsonNode node, Class<R> type, @Nullable Object initial, BindingContext context) {
    return record(node, type, type.cast(initial), Set.of(), context);
  }

  private <T> Optional<T> custom(
      CustomBinding<T> binding, JsonNode node, @Nullable Object initial, BindingContext context) {
    try {
      @SuppressWarnings("unchecked") // The builder pairs each class with a binding of it.
      T typed = (T) initial;
      return binding.bind(node, typed, context);
    } catch (InvalidOptionException e) {
      context.at(KebabCase.ofComponent(e.option())).problem(e.detail());
    } catch (IllegalArgumentException e) {
      context.problem(reason(e));
    }
    return Optional.empty();
  }

  private Optional<List<Object>> list(JsonNode node, Type type, BindingContext context) {
    if (!node.isArray()) {
      context.problem("expected " + TypeWords.expected(type) + ", found " + TypeWords.found(node));
      return Optional.empty();
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < node.size(); i++) {
      value(node.get(i), TypeWords.argument(type, 0), null, context.at(i)).ifPresent(elements::add);
    }
    return elements.size() == node.size()
        ? Optional.of(Collections.unmodifiableList(elements))
        : Optional.empty();
  }

  private Optional<Map<String, Object>> map(JsonNode node, Type type, BindingContext context) {
    if (TypeWords.argument(type, 0) != String.class) {
      throw unsupported(type);
    }
    if (!node.isObject()) {
      context.problem("expected " + TypeWords.expected(type) + ", found " + TypeWords.found(node));
      return Optional.empty();
    }
    Map<String, Object> entries = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      String key = entry.getKey();
      value(entry.getValue(), TypeWords.argument(type, 1), null, context.entry(key))
          .ifPresent(element -> entries.put(key, element));
    }
    return entries.size() == node.size()
        ? Optional.of(Collections.unmodifiableMap(entries))
        : Optional.empty();
  }

  /**
   * A mistake in a record class, not in a file: not an argument's fault, so never reported as one.
   */
  static UnsupportedOperationException unsupported(Type type) {
    return new UnsupportedOperationException(
        "type " + type.getTypeName() + " cannot be configured; register a CustomBinding for it");
  }

  private static String reason(IllegalArgumentException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  /** The components of one record while it is being bound. */
  private final class Components<R extends Record> {

    private final RecordShape<R> shape;
    private final @Nullable R initial;
    private final BindingContext context;
    private final Map<String, @Nullable Object> values = new LinkedHashMap<>();
    private final Set<String> given = new HashSet<>();
    // Components with a problem. They stand at their default, to check the others all the same.
    private final Set<String> faulty = new HashSet<>();
    private boolean complete = true;

    Components(RecordShape<R> shape, @Nullable R initial, BindingContext context) {
      this.shape = shape;
      this.initial = initial == null ? shape.defaults().orElse(null) : initial;
      this.context = context;
    }

    void add(RecordShape.Component component, @Nullable JsonNode node) {
      Object fallback = initial == null ? null : component.valueIn(initial);
      values.put(component.name(), fallback);
      BindingContext place = context.at(component);
      Optional<?> bound;
      if (node == null) {
        if (fallback != null || component.nullable()) {
          return;
        }
        bound = withoutNode(component, place);
      } else if (node.isNull() && component.nullable()) {
        values.put(component.name(), null);
        return;
      } else {
        given.add(component.name());
        bound = value(node, component.type(), fallback, place);
      }
      if (bound.isPresent()) {
        values.put(component.name(), bound.get());
      } else {
        faulty.add(component.name());
        complete &= fallback != null || component.nullable();
      }
    }

    /** A record whose keys stand in the same map; unknown ones are reported once, above. */
    void addInline(RecordShape.Component component, JsonNode map) {
      Set<String> given = new HashSet<>();
      map.fieldNames().forEachRemaining(given::add);
      Object fallback = initial == null ? null : component.valueIn(initial);
      Optional<?> bound = inlined(component.recordType(), map, fallback, given);
      values.put(component.name(), bound.isPresent() ? bound.get() : fallback);
      if (bound.isEmpty()) {
        faulty.add(component.name());
        complete &= fallback != null;
      }
    }

    private <I extends Record> Optional<I> inlined(
        Class<I> type, JsonNode map, @Nullable Object fallback, Set<String> others) {
      return record(map, type, type.cast(fallback), others, context);
    }

    /** What has a default of its own need not be mentioned; all else must. */
    private Optional<?> withoutNode(RecordShape.Component component, BindingContext place) {
      Class<?> raw = TypeWords.raw(component.type());
      if (raw.isRecord()
          && !customs.containsKey(raw)
          && RecordShape.of(raw.asSubclass(Record.class)).defaults().isPresent()) {
        return value(JsonNodeFactory.instance.objectNode(), raw, null, place);
      }
      Optional<Object> own = shape.defaultOf(component);
      if (own.isEmpty()) {
        place.problem("is required");
      }
      return own;
    }

    /**
     * Calls the constructor. It stops at the first value out of range; that one is reported and
     * replaced by its default, until the constructor is content, so that all are found.
     */
    Optional<R> create() {
      while (complete) {
        try {
          R made = shape.create(values.values());
          return faulty.isEmpty() ? Optional.of(made) : Optional.empty();
        } catch (InvalidOptionException e) {
          if (faulty.isEmpty() || (given.contains(e.option()) && !faulty.contains(e.option()))) {
            context.at(KebabCase.ofComponent(e.option())).problem(e.detail());
          }
          complete = faulty.add(e.option()) && replaceByDefault(e.option());
        } catch (IllegalArgumentException e) {
          // After a replacement it may be the replacement's fault.
          if (faulty.isEmpty()) {
            context.problem(reason(e));
          }
          complete = false;
        }
      }
      return Optional.empty();
    }

    private boolean replaceByDefault(String name) {
      for (RecordShape.Component component : shape.components()) {
        if (component.name().equals(name) && initial != null) {
          values.put(name, component.valueIn(initial));
          return given.contains(name);
        }
      }
      return false;
    }
  }

  /** Collects the types that a binder knows besides the plain ones. */
  public static final class Builder {

    private final Map<Class<?>, CustomBinding<?>> customs = new HashMap<>();

    private Builder() {}

    /**
     * Adds a type.
     *
     * @throws IllegalArgumentException when the type has a binding already
     */
    public <T> Builder custom(Class<T> type, CustomBinding<T> binding) {
      if (customs.putIfAbsent(type, binding) != null) {
        throw new IllegalArgumentException(type.getName() + " has two bindings");
      }
      return this;
    }

    /** The binder. */
    public RecordBinder build() {
      return new RecordBinder(customs);
    }
  }
}
