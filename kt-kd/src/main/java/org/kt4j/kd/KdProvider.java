package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces knowledge distillation as {@code kd}. */
public final class KdProvider implements KnowledgeTransferProvider<KdOptions> {

  @Override
  public String name() {
    return "kd";
  }

  @Override
  public String summary() {
    return "knowledge distillation: softened class probabilities (Hinton et al., 2015)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LOGITS;
  }

  @Override
  public KdOptions defaults() {
    return KdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(KdOptions options) {
    return new SoftenedLogits(options.temperature(), options.standardize());
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "kd-paper",
            "Huang and Wang's code: 16 times the softened cross-entropy at T = 4, which is T^2",
            "[{term: cross-entropy}, {term: kd, weight: 1, temperature: 4}]"),
        new Preset(
            "kd-repdistiller",
            "RepDistiller's mix of labels and teacher",
            "[{term: cross-entropy, weight: 0.1}, {term: kd, weight: 0.9, temperature: 4}]"),
        new Preset(
            "kd-standardized",
            "logit standardization on top of RepDistiller's mix: T = 2, weight 9 (Sun et al., 2024)",
            "[{term: cross-entropy, weight: 0.1},"
                + " {term: kd, weight: 9, temperature: 2, standardize: true}]"));
  }
}
