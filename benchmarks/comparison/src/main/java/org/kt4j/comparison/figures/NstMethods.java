package org.kt4j.comparison.figures;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.config.ConfigurationTree;
import org.kt4j.config.NamedBinding;
import org.kt4j.config.NamedOptions;
import org.kt4j.config.RecordBinder;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.registry.Methods;

/** The term {@code nst} with each of its kernels, as a configuration would name it. */
final class NstMethods {

  /** In the order of the paper. */
  static final List<String> KERNELS = List.of("linear", "polynomial", "gaussian");

  private NstMethods() {}

  /** What is bound: a term and its options. */
  private record Distance(NamedOptions nst) {}

  /** The methods by kernel, each on one pair of layers. */
  static Map<String, KnowledgeTransfer> on(LayerPair layers, Methods methods) {
    RecordBinder binder =
        RecordBinder.builder()
            .custom(
                NamedOptions.class,
                NamedBinding.of(
                    "term", methods, UnaryOperator.identity(), UnaryOperator.identity()))
            .build();
    Map<String, KnowledgeTransfer> byKernel = new LinkedHashMap<>();
    for (String kernel : KERNELS) {
      NamedOptions term = binder.bind(term(kernel, layers), Distance.class).nst();
      byKernel.put(kernel, methods.create(term.name(), term.options()));
    }
    return byKernel;
  }

  /** The term, so that its options are bound and checked as always. */
  private static ConfigurationTree term(String kernel, LayerPair layers) {
    Map<String, Object> term =
        Map.of(
            "term", "nst", "kernel", kernel, "layers", Map.of(layers.teacher(), layers.student()));
    // JSON is YAML in which a tap may be called anything.
    return ConfigurationTree.parse("figures", Json.line(Map.of("nst", term)));
  }
}
