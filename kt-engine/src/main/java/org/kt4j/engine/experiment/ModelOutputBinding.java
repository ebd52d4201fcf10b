package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds {@code stage3: relu_7} and {@code stage3: {output: block8, tokens: 14x14, skip: 1}}. */
final class ModelOutputBinding implements CustomBinding<ModelOutput> {

  @Override
  public Optional<ModelOutput> bind(
      JsonNode node, @Nullable ModelOutput initial, BindingContext context) {
    if (node.isObject()) {
      Optional<ModelOutput> bound = context.bind(node, ModelOutput.defaults(), Set.of());
      if (bound.isPresent() && bound.get().output().isBlank()) {
        context.problem("the key output is missing; fix: {output: NAME, tokens: 14x14}");
        return Optional.empty();
      }
      return bound;
    }
    if (node.isValueNode() && !node.isNull()) {
      return Optional.of(new ModelOutput(node.asText()));
    }
    context.problem(
        "expected a name, or a map such as {output: block8, tokens: 14x14, skip: 1}, found "
            + node);
    return Optional.empty();
  }

  @Override
  public JsonNode write(ModelOutput value, @Nullable ModelOutput initial, RecordWriter writer) {
    return value.plain()
        ? TextNode.valueOf(value.output())
        : writer.write(value, ModelOutput.defaults());
  }
}
