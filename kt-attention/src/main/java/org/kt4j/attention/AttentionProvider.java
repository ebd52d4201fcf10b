package org.kt4j.attention;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces attention transfer as {@code attention}. */
public final class AttentionProvider implements KnowledgeTransferProvider<AttentionOptions> {

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public String summary() {
    return "attention transfer: where in the picture a layer responds (Zagoruyko et al., 2017)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public AttentionOptions defaults() {
    return AttentionOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(AttentionOptions options) {
    return new AttentionTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "attention-code",
            "Zagoruyko and Komodakis' code: 1000 times the mean squared difference, all stages",
            "[{term: cross-entropy}, {term: attention, weight: 1000}]"));
  }
}
