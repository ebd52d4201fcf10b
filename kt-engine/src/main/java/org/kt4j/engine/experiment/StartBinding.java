package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.RecordWriter;

/** Binds {@code start: {run | config | weights: ...}}, with part and rename beside weights. */
final class StartBinding extends SourceBinding<StartConfig> {

  private static final List<String> SOURCES = List.of(RUN, CONFIG, WEIGHTS);
  private static final List<String> OF_WEIGHTS = List.of("part", "rename");

  StartBinding() {
    super(SOURCES);
  }

  @Override
  Optional<StartConfig> bind(ObjectNode map, Set<String> given, BindingContext context) {
    Set<String> keys = new LinkedHashSet<>(SOURCES);
    if (given.contains(WEIGHTS)) {
      keys.addAll(OF_WEIGHTS);
    }
    boolean known = context.bind(map, new NoKeys(), keys).isPresent();
    return only(given, context)
        .flatMap(source -> source(source, map, context))
        .filter(any -> known);
  }

  private static Optional<StartConfig> source(
      String source, ObjectNode map, BindingContext context) {
    return switch (source) {
      case RUN -> bound(map, RunSource.OfRun.class, context, StartConfig::new);
      case CONFIG -> bound(map, RunSource.OfConfiguration.class, context, StartConfig::new);
      default -> bound(map, WeightSource.OfWeights.class, context, StartConfig::new);
    };
  }

  @Override
  public JsonNode write(StartConfig value, @Nullable StartConfig initial, RecordWriter writer) {
    return written(value.source(), writer);
  }
}
