package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces distillation by the Pearson correlation as {@code pkd}. */
public final class PkdProvider implements KnowledgeTransferProvider<PkdOptions> {

  @Override
  public String name() {
    return "pkd";
  }

  @Override
  public String summary() {
    return "Pearson correlation of each channel over the batch and the positions (Cao et al., 2022)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "trains a 1x1 convolution beside the student where channels differ";
  }

  @Override
  public PkdOptions defaults() {
    return PkdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(PkdOptions options) {
    return new PearsonCorrelation(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "pkd-mmrazor",
            "mmrazor's weight on each feature map of a one-stage detector",
            "[{term: cross-entropy}, {term: pkd, weight: 10}]"));
  }
}
