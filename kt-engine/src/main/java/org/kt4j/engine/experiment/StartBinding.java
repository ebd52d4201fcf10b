package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.config.BindingContext;
import org.kt4j.config.RecordWriter;

/**
 * Binds {@code start: {run | config | weights: ..., head: ...}}, with part and rename beside
 * weights.
 */
final class StartBinding extends SourceBinding<StartConfig> {

  private static final List<String> SOURCES = List.of(RUN, CONFIG, WEIGHTS);
  private static final List<String> OF_WEIGHTS = List.of("part", "rename");

  StartBinding() {
    super(SOURCES);
  }

  /** What stands beside the source. */
  record Keys(
      @Description("fresh or kept; kept where the classes are as many, when left out")
          StartConfig.@Nullable Head head) {

    static Keys defaults() {
      return new Keys(null);
    }
  }

  @Override
  Optional<StartConfig> bind(ObjectNode map, Set<String> given, BindingContext context) {
    Set<String> others = new LinkedHashSet<>(SOURCES);
    if (given.contains(WEIGHTS)) {
      others.addAll(OF_WEIGHTS);
    }
    Optional<Keys> keys = context.bind(map, Keys.defaults(), others);
    Optional<StartConfig> start =
        only(given, context).flatMap(source -> source(source, map, context));
    return keys.flatMap(known -> start.map(any -> new StartConfig(any.source(), known.head())));
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
    ObjectNode map = written(value.source(), writer);
    map.setAll(writer.write(new Keys(value.head()), Keys.defaults()));
    return map;
  }
}
