package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds {@code keep: 0.5} and {@code keep: {stage1: 0.5, layer2.0.conv1: 0.75}}. */
final class KeepBinding implements CustomBinding<PruneConfig.Keep> {

  private static final String SHARES = "shares";

  @Override
  public Optional<PruneConfig.Keep> bind(
      JsonNode node, PruneConfig.@Nullable Keep initial, BindingContext context) {
    ObjectNode whole = JsonNodeFactory.instance.objectNode();
    if (node.isNumber()) {
      whole.putObject(SHARES).set(PruneConfig.ALL, node);
    } else if (node.isObject()) {
      whole.set(SHARES, node);
    } else {
      context.problem("expected a number, or a map from layer or stage to a number");
      return Optional.empty();
    }
    return context.bind(whole, PruneConfig.Keep.class, Set.of());
  }

  @Override
  public JsonNode write(
      PruneConfig.Keep value, PruneConfig.@Nullable Keep initial, RecordWriter writer) {
    Map<String, Double> shares = new TreeMap<>(value.shares());
    Double all = shares.get(PruneConfig.ALL);
    if (shares.size() == 1 && all != null) {
      return DoubleNode.valueOf(all);
    }
    ObjectNode map = JsonNodeFactory.instance.objectNode();
    shares.forEach(map::put);
    return map;
  }
}
