package org.kt4j.features;

import java.util.List;
import java.util.Map;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces the overhaul of feature distillation as {@code ofd}. */
public final class OfdProvider implements KnowledgeTransferProvider<OfdOptions> {

  @Override
  public String name() {
    return "ofd";
  }

  @Override
  public String summary() {
    return "overhaul of feature distillation: partial squared distance to maps with a margin (Heo et"
        + " al., 2019)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "looks at training pictures first, "
        + "trains a 1x1 convolution beside the student where channels differ";
  }

  @Override
  public OfdOptions defaults() {
    return OfdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(OfdOptions options) {
    return new PartialDistance(options, Map.of());
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "ofd-paper",
            "the authors' code and mdistiller: a thousandth of the sum, each layer half of the next",
            "[{term: cross-entropy}, {term: ofd, weight: 0.001}]"));
  }
}
