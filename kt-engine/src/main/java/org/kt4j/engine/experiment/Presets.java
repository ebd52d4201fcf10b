package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.Preset;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.NearestName;

/** Puts the terms of a preset in the place of its name. */
final class Presets {

  private static final String KEY = "preset";

  /** Lets the rest of a configuration be checked when a preset is unknown. */
  private static final JsonNode STAND_IN =
      JsonNodeFactory.instance.objectNode().put("term", "cross-entropy");

  private final SortedMap<String, Preset> byName = new TreeMap<>();

  /**
   * The presets of these methods.
   *
   * @throws IllegalArgumentException when two have one name
   */
  Presets(Collection<? extends KnowledgeTransferProvider<?>> methods) {
    for (KnowledgeTransferProvider<?> method : methods) {
      for (Preset preset : method.presets()) {
        if (byName.put(preset.name(), preset) != null) {
          throw new IllegalArgumentException(
              "two presets are called '" + preset.name() + "'; one is that of " + method.name());
        }
      }
    }
  }

  /**
   * A configuration with terms instead of presets.
   *
   * @param tree the terms
   * @param problems presets that are unknown or have further keys
   */
  record Expanded(ConfigurationTree tree, List<String> problems) {}

  /**
   * Puts terms in the place of presets. What a person wrote keeps its index, by which errors name
   * it: a preset's first term takes its place, the others go to the end.
   */
  Expanded expanded(ConfigurationTree tree) {
    ObjectNode root = tree.root();
    List<String> problems = new ArrayList<>();
    JsonNode phases = root.path("phases");
    for (int p = 0; p < phases.size(); p++) {
      if (phases.path(p).get("objective") instanceof ArrayNode objective) {
        expand(objective, tree.source() + ": phases[" + p + "].objective", problems);
      }
    }
    return new Expanded(ConfigurationTree.of(tree.source(), root), problems);
  }

  private void expand(ArrayNode objective, String place, List<String> problems) {
    int written = objective.size();
    for (int t = 0; t < written; t++) {
      JsonNode named = objective.get(t).get(KEY);
      if (named == null) {
        continue;
      }
      String here = place + "[" + t + "]";
      Preset preset = byName.get(named.asText());
      if (preset == null) {
        problems.add(
            here + "." + KEY + ": " + NearestName.unknown(named.asText(), byName.keySet()));
        objective.set(t, STAND_IN);
        continue;
      }
      if (objective.get(t).size() > 1) {
        problems.add(
            here
                + ": a preset takes no further keys; fix: write its terms out, "
                + preset.objective());
      }
      ArrayNode terms = terms(preset);
      objective.set(t, terms.remove(0));
      objective.addAll(terms);
    }
  }

  private static ArrayNode terms(Preset preset) {
    String source = "preset " + preset.name();
    JsonNode objective =
        ConfigurationTree.parse(source, "{objective: " + preset.objective() + "}")
            .root()
            .get("objective");
    if (objective instanceof ArrayNode terms) {
      return terms;
    }
    throw new IllegalStateException(source + " is no list of terms: " + preset.objective());
  }
}
