package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds {@code weight: 50}, {@code {from: 0, to: 8, epochs: 20}} and {@code {share: 0.5}}. */
final class WeightBinding implements CustomBinding<TermWeight> {

  @Override
  public Optional<TermWeight> bind(
      JsonNode node, @Nullable TermWeight initial, BindingContext context) {
    if (node.isNumber()) {
      return number(node, context);
    }
    if (node.has("share")) {
      return context.bind(node, TermWeight.Share.class, Set.of()).map(share -> share);
    }
    if (node.isObject()) {
      return context.bind(node, TermWeight.Ramp.class, Set.of()).map(ramp -> ramp);
    }
    context.problem(
        "expected a number, or a map such as {from: 0, to: 8, epochs: 20} or {share: 0.5}, found "
            + node);
    return Optional.empty();
  }

  private static Optional<TermWeight> number(JsonNode node, BindingContext context) {
    double value = node.doubleValue();
    if (!(value >= 0 && value <= TermWeight.MOST)) {
      context.problem(value + " is not allowed; allowed: 0 to 1e9");
      return Optional.empty();
    }
    return Optional.of(TermWeight.of(value));
  }

  @Override
  public JsonNode write(TermWeight value, @Nullable TermWeight initial, RecordWriter writer) {
    return value instanceof TermWeight.Constant constant
        ? RecordWriter.decimal(constant.value())
        : writer.write((Record) value, null);
  }
}
