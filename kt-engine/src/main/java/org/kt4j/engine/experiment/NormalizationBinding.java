package org.kt4j.engine.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.BindingContext;
import org.kt4j.config.CustomBinding;
import org.kt4j.config.NearestName;
import org.kt4j.config.RecordWriter;
import org.kt4j.data.Normalization;
import org.kt4j.engine.registry.Datasets;

/**
 * Binds {@code normalization: imagenet}, the name of a data set for its own, and {@code {mean: ...,
 * std: ...}}. It is always written as numbers.
 */
final class NormalizationBinding implements CustomBinding<Normalization> {

  private static final String IMAGENET = "imagenet";

  private final Datasets datasets;

  NormalizationBinding(Datasets datasets) {
    this.datasets = datasets;
  }

  @Override
  public Optional<Normalization> bind(
      JsonNode node, @Nullable Normalization initial, BindingContext context) {
    if (node.isObject()) {
      return context.bind(node, Normalization.class, Set.of());
    }
    String name = node.isTextual() ? node.textValue() : "";
    if (name.equals(IMAGENET)) {
      return Optional.of(Normalization.imageNet());
    }
    if (datasets.names().contains(name)) {
      return Optional.of(datasets.provider(name).defaultNormalization());
    }
    List<String> known = new ArrayList<>(List.of(IMAGENET));
    known.addAll(datasets.names());
    known.add("{mean: [...], std: [...]}");
    context.problem(
        name.isEmpty()
            ? "expected a name or a map, found " + node + "; known: " + String.join(", ", known)
            : NearestName.unknown("normalization", name, known));
    return Optional.empty();
  }

  @Override
  public JsonNode write(Normalization value, @Nullable Normalization initial, RecordWriter writer) {
    return writer.write(value, null);
  }
}
