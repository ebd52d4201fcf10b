package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces masked generative distillation as {@code mgd}. */
public final class MgdProvider implements KnowledgeTransferProvider<MgdOptions> {

  @Override
  public String name() {
    return "mgd";
  }

  @Override
  public String summary() {
    return "masked generation: the teacher's map from a masked one of the student (Yang et al.,"
        + " 2022)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "trains a generator beside the student";
  }

  @Override
  public MgdOptions defaults() {
    return MgdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(MgdOptions options) {
    return new MaskedGeneration(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "mgd-paper",
            "the authors' code for classifiers on ImageNet",
            "[{term: cross-entropy},"
                + " {term: mgd, weight: 0.00007, mask: channels, masked: 0.15}]"));
  }
}
