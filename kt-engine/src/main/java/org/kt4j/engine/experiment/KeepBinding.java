package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.RecordWriter;

/** Binds {@code keep: 0.5} and {@code keep: {stage1: 0.5, layer2.0.conv1: 0.75}}. */
final class KeepBinding implements CustomBinding<PruneConfig.Keep> {

  @Override
  public Optional<PruneConfig.Keep> bind(
      JsonNode node, PruneConfig.@Nullable Keep initial, BindingContext context) {
    Map<String, Double> shares = new TreeMap<>();
    boolean right;
    if (node.isNumber()) {
      right = share(PruneConfig.ALL, node, context, shares);
    } else if (node instanceof ObjectNode map) {
      right = true;
      for (Map.Entry<String, JsonNode> entry : map.properties()) {
        right &= share(entry.getKey(), entry.getValue(), context.at(entry.getKey()), shares);
      }
    } else {
      context.problem("expected a number, or a map from layer or stage to a number");
      right = false;
    }
    return right ? Optional.of(new PruneConfig.Keep(shares)) : Optional.empty();
  }

  private static boolean share(
      String name, JsonNode node, BindingContext context, Map<String, Double> shares) {
    double share = node.asDouble();
    if (!node.isNumber() || !(share > 0 && share <= 1)) {
      context.problem(
          node.asText() + " is not allowed; allowed: the share that stays, above 0, up to 1");
      return false;
    }
    shares.put(name, share);
    return true;
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
