package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces probabilistic knowledge transfer as {@code pkt}. */
public final class PktProvider implements KnowledgeTransferProvider<PktOptions> {

  @Override
  public String name() {
    return "pkt";
  }

  @Override
  public String summary() {
    return "probabilistic knowledge transfer: how probably pictures are neighbours (Passalis and"
        + " Tefas, 2018)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public PktOptions defaults() {
    return PktOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(PktOptions options) {
    return new ProbabilisticTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "pkt-repdistiller",
            "RepDistiller and mdistiller: labels, and 30000 times the term on the pooled features",
            "[{term: cross-entropy}, {term: pkt, weight: 30000}]"));
  }
}
