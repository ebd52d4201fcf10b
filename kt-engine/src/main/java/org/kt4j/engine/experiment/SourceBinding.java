package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds a map that holds the keys of exactly one source: {@code {run: ...}}. */
abstract sealed class SourceBinding<T> implements CustomBinding<T>
    permits StartBinding, TeacherBinding {

  /** The keys that tell the sources apart. */
  static final String RUN = "run";

  static final String CONFIG = "config";
  static final String WEIGHTS = "weights";
  static final String MODEL = "model";

  private final List<String> sources;

  SourceBinding(List<String> sources) {
    this.sources = sources;
  }

  @Override
  public final Optional<T> bind(JsonNode node, @Nullable T initial, BindingContext context) {
    if (!(node instanceof ObjectNode map)) {
      // The binder's own words for what is no map.
      context.bind(node, new NoKeys(), Set.of());
      return Optional.empty();
    }
    Set<String> given = new LinkedHashSet<>();
    map.properties().stream()
        .filter(entry -> !entry.getValue().isNull())
        .forEach(entry -> given.add(entry.getKey()));
    return bind(map, given, context);
  }

  /**
   * Binds a map.
   *
   * @param given its keys that have a value
   */
  abstract Optional<T> bind(ObjectNode map, Set<String> given, BindingContext context);

  /** The only source that is given; a problem when it is not the only one. */
  final Optional<String> only(Set<String> given, BindingContext context) {
    List<String> named = sources.stream().filter(given::contains).toList();
    if (named.size() == 1) {
      return Optional.of(named.get(0));
    }
    int last = sources.size() - 1;
    context.problem(
        "needs exactly one of "
            + String.join(", ", sources.subList(0, last))
            + " and "
            + sources.get(last));
    return Optional.empty();
  }

  /** Binds the keys of a source; the caller binds the others. */
  static <S extends Record, T> Optional<T> bound(
      ObjectNode map, Class<S> source, BindingContext context, Function<S, T> made) {
    Set<String> others = new LinkedHashSet<>();
    map.fieldNames().forEachRemaining(others::add);
    return context.bind(map, source, others).map(made);
  }

  static ObjectNode written(Object source, RecordWriter writer) {
    return writer.write((Record) source, null);
  }

  record NoKeys() {}
}
