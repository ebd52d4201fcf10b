package org.kt4j.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Binds a map in which one key is a name, some keys are fixed, and all others are the options of
 * what was named: {@code {term: nst, weight: 50, kernel: polynomial}}.
 *
 * <p>Without the name, the initial value's name is taken if there is one. Options start from the
 * initial value's when the name is the same, otherwise from the defaults of the name.
 *
 * @param <T> what the map is bound to
 * @param <F> the fixed keys
 */
public final class NamedBinding<T, F extends Record> implements CustomBinding<T> {

  private final String nameKey;
  private final F fixedDefaults;
  private final OptionsLookup lookup;
  private final BiFunction<NamedOptions, F, T> join;
  private final Function<T, NamedOptions> named;
  private final Function<T, F> fixed;
  private final Set<String> otherKeys;

  private NamedBinding(
      String nameKey,
      F fixedDefaults,
      OptionsLookup lookup,
      BiFunction<NamedOptions, F, T> join,
      Function<T, NamedOptions> named,
      Function<T, F> fixed,
      Set<String> otherKeys) {
    this.nameKey = nameKey;
    this.fixedDefaults = fixedDefaults;
    this.lookup = lookup;
    this.join = join;
    this.named = named;
    this.fixed = fixed;
    this.otherKeys = otherKeys;
  }

  /**
   * A name, fixed keys, and options.
   *
   * @param nameKey the key of the name, such as {@code term}
   * @param fixedDefaults the fixed keys without the name, with their defaults
   * @param lookup the names and their options
   * @param join makes the value of what was bound
   * @param named the name and options of a value, to write it
   * @param fixed the fixed keys of a value, to write it
   */
  public static <T, F extends Record> NamedBinding<T, F> of(
      String nameKey,
      F fixedDefaults,
      OptionsLookup lookup,
      BiFunction<NamedOptions, F, T> join,
      Function<T, NamedOptions> named,
      Function<T, F> fixed) {
    return new NamedBinding<>(nameKey, fixedDefaults, lookup, join, named, fixed, Set.of());
  }

  /**
   * A name and options, without fixed keys.
   *
   * @param nameKey the key of the name, such as {@code network}
   * @param lookup the names and their options
   * @param join makes the value of what was bound
   * @param named the name and options of a value, to write it
   */
  public static <T> NamedBinding<T, ?> of(
      String nameKey,
      OptionsLookup lookup,
      Function<NamedOptions, T> join,
      Function<T, NamedOptions> named) {
    return new NamedBinding<>(
        nameKey,
        new NoKeys(),
        lookup,
        (bound, none) -> join.apply(bound),
        named,
        value -> new NoKeys(),
        Set.of());
  }

  /**
   * The same binding of maps in which other keys stand too.
   *
   * @param keys that another binding reads
   */
  public NamedBinding<T, F> beside(Set<String> keys) {
    return new NamedBinding<>(nameKey, fixedDefaults, lookup, join, named, fixed, keys);
  }

  @Override
  public Optional<T> bind(JsonNode node, @Nullable T initial, BindingContext context) {
    if (!(node instanceof ObjectNode map)) {
      context.problem("expected a map, found " + TypeWords.found(node));
      return Optional.empty();
    }
    Set<String> given = new LinkedHashSet<>();
    map.fieldNames().forEachRemaining(given::add);
    // Every given key counts as somebody else's here: which are unknown is seen with the options.
    Optional<F> keys =
        context.bind(map, initial == null ? fixedDefaults : fixed.apply(initial), given);
    Optional<NamedOptions> bound =
        name(map, initial, context)
            .flatMap(
                name ->
                    context
                        .bind(map, optionDefaults(name, initial), fixedKeys())
                        .map(options -> new NamedOptions(name, options)));
    return bound.isPresent() && keys.isPresent()
        ? Optional.of(join.apply(bound.get(), keys.get()))
        : Optional.empty();
  }

  @Override
  public JsonNode write(T value, @Nullable T initial, RecordWriter writer) {
    NamedOptions what = named.apply(value);
    ObjectNode map = JsonNodeFactory.instance.objectNode().put(nameKey, what.name());
    map.setAll(
        writer.write(fixed.apply(value), initial == null ? fixedDefaults : fixed.apply(initial)));
    return map.setAll(writer.write(what.options(), optionDefaults(what.name(), initial)));
  }

  private Optional<String> name(ObjectNode map, @Nullable T initial, BindingContext context) {
    JsonNode node = map.get(nameKey);
    if (node == null && initial != null) {
      return Optional.of(named.apply(initial).name());
    }
    BindingContext place = context.at(nameKey);
    if (node == null) {
      place.problem("is required; known: " + String.join(", ", lookup.names()));
    } else if (!node.isValueNode() || node.isNull()) {
      place.problem("expected a name, found " + TypeWords.found(node));
    } else if (!lookup.knows(node.asText())) {
      place.problem(lookup.unknown(node.asText()));
    } else {
      return Optional.of(node.asText()).filter(name -> keysDiffer(name, context));
    }
    return Optional.empty();
  }

  private Record optionDefaults(String name, @Nullable T initial) {
    if (initial != null && named.apply(initial).name().equals(name)) {
      return named.apply(initial).options();
    }
    return lookup.defaults(name);
  }

  private boolean keysDiffer(String name, BindingContext context) {
    Set<String> both = fixedKeys();
    both.retainAll(RecordShape.of(lookup.defaults(name)).keys());
    if (!both.isEmpty()) {
      context.problem("the options of '" + name + "' must not have the keys " + both);
    }
    return both.isEmpty();
  }

  private Set<String> fixedKeys() {
    Set<String> keys = new LinkedHashSet<>();
    keys.add(nameKey);
    keys.addAll(RecordShape.of(fixedDefaults).keys());
    keys.addAll(otherKeys);
    return keys;
  }

  private record NoKeys() {}
}
