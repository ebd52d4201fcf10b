package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces similarity-preserving distillation as {@code sp}. */
public final class SpProvider implements KnowledgeTransferProvider<SpOptions> {

  @Override
  public String name() {
    return "sp";
  }

  @Override
  public String summary() {
    return "similarity-preserving: which pictures of a batch are alike (Tung and Mori, 2019)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public SpOptions defaults() {
    return SpOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(SpOptions options) {
    return new SimilarityPreserving(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "sp-repdistiller",
            "RepDistiller and mdistiller: labels, and 3000 times the term on the last maps",
            "[{term: cross-entropy}, {term: sp, weight: 3000}]"));
  }
}
