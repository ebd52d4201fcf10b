package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces distillation from a virtual teacher as {@code tf-kd}. */
public final class TfKdProvider implements KnowledgeTransferProvider<TfKdOptions> {

  @Override
  public String name() {
    return "tf-kd";
  }

  @Override
  public String summary() {
    return "teacher-free: a virtual teacher that knows the labels (Yuan et al., 2020)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LABELS;
  }

  @Override
  public TfKdOptions defaults() {
    return TfKdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(TfKdOptions options) {
    return new VirtualTeacher(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "tf-kd-paper",
            "the published code for ResNet-18 on CIFAR-100: 0.9 labels and 0.1 virtual teacher",
            "[{term: cross-entropy, weight: 0.9}, {term: tf-kd, weight: 0.1, temperature: 20}]"));
  }
}
