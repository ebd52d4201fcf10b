package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces weighted soft labels as {@code wsld}. */
public final class WsldProvider implements KnowledgeTransferProvider<WsldOptions> {

  @Override
  public String name() {
    return "wsld";
  }

  @Override
  public String summary() {
    return "weighted soft labels: each picture by how well both sides know it (Zhou et al., 2021)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LOGITS;
  }

  @Override
  public WsldOptions defaults() {
    return WsldOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(WsldOptions options) {
    return new WeightedSoftLabels(options.temperature());
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "wsld-paper",
            "the published code on ImageNet, as mmrazor: labels, and 2.5 times the term at T = 2",
            "[{term: cross-entropy}, {term: wsld, weight: 2.5, temperature: 2}]"));
  }
}
