package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces distillation from a stronger teacher as {@code dist}. */
public final class DistProvider implements KnowledgeTransferProvider<DistOptions> {

  @Override
  public String name() {
    return "dist";
  }

  @Override
  public String summary() {
    return "from a stronger teacher: correlations of the probabilities (Huang et al., 2022)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LOGITS;
  }

  @Override
  public DistOptions defaults() {
    return DistOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(DistOptions options) {
    return new CorrelatedProbabilities(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "dist-paper",
            "the authors on ImageNet, as mmrazor and torchdistill: T = 1, weight 2",
            "[{term: cross-entropy}, {term: dist, weight: 2, temperature: 1}]"),
        new Preset(
            "dist-paper-cifar",
            "the authors on CIFAR-100: T = 4, weight 2",
            "[{term: cross-entropy}, {term: dist, weight: 2, temperature: 4}]"));
  }
}
