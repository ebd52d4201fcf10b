package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces decoupled knowledge distillation as {@code dkd}. */
public final class DkdProvider implements KnowledgeTransferProvider<DkdOptions> {

  @Override
  public String name() {
    return "dkd";
  }

  @Override
  public String summary() {
    return "decoupled: the true class and the other classes apart (Zhao et al., 2022)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LOGITS;
  }

  @Override
  public DkdOptions defaults() {
    return DkdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(DkdOptions options) {
    return new DecoupledLogits(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "dkd-mdistiller",
            "mdistiller on CIFAR-100, resnet32x4 to resnet8x4: T = 4, beta 8, over 20 epochs from 0",
            "[{term: cross-entropy}, {term: dkd, weight: {from: 0, to: 1, epochs: 20},"
                + " temperature: 4, alpha: 1, beta: 8}]"),
        new Preset(
            "dkd-mdistiller-imagenet",
            "mdistiller on ImageNet, ResNet-34 to ResNet-18: T = 1, beta 0.5",
            "[{term: cross-entropy}, {term: dkd, temperature: 1, alpha: 1, beta: 0.5}]"));
  }
}
