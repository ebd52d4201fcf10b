package org.kt4j.comparison.figures;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerPair;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.json.Json;
import org.kt4j.engine.registry.Methods;

/** The term {@code nst} with each of its kernels, as a configuration would name it. */
final class NstMethods {

  /** In the order of the paper. */
  static final List<String> KERNELS = List.of("linear", "polynomial", "gaussian");

  private NstMethods() {}

  /** The methods by kernel, each on one pair of layers. */
  static Map<String, KnowledgeTransfer> on(
      LayerPair layers, Methods methods, ExperimentReader reader) {
    Map<String, KnowledgeTransfer> byKernel = new LinkedHashMap<>();
    for (String kernel : KERNELS) {
      TermConfig term =
          reader.parse("figures", experiment(kernel, layers)).phases().get(0).objective().get(0);
      byKernel.put(kernel, methods.create(term.term(), term.options()));
    }
    return byKernel;
  }

  /** The smallest experiment around the term, so that its options are bound as always. */
  private static String experiment(String kernel, LayerPair layers) {
    Map<String, Object> term =
        Map.of(
            "term", "nst", "kernel", kernel, "layers", Map.of(layers.teacher(), layers.student()));
    Map<String, Object> phase = Map.of("name", "one", "epochs", 1, "objective", List.of(term));
    // JSON is YAML in which a tap may be called anything.
    return Json.line(
        Map.of(
            "data", Map.of("name", "shapes"),
            "student", Map.of("network", "resnet-8"),
            "phases", List.of(phase)));
  }
}
