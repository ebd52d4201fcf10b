package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds signs: a map, or the scheme alone where the rest is as usual. */
final class BinaryBinding implements CustomBinding<BinaryConfig> {

  private static final String SCHEME = "scheme";

  @Override
  public Optional<BinaryConfig> bind(
      JsonNode node, @Nullable BinaryConfig initial, BindingContext context) {
    JsonNode map =
        node.isTextual() ? JsonNodeFactory.instance.objectNode().set(SCHEME, node) : node;
    if (!map.isObject()) {
      context.problem(
          "expected xnor, bnn or a map such as {scheme: xnor, shortcuts: convolution}, found "
              + node);
      return Optional.empty();
    }
    return context.bind(map, initial == null ? BinaryConfig.defaults() : initial, Set.of());
  }

  @Override
  public JsonNode write(BinaryConfig value, @Nullable BinaryConfig initial, RecordWriter writer) {
    return writer.write(value, initial == null ? BinaryConfig.defaults() : initial);
  }
}
