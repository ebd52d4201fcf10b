package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces channel-wise distillation as {@code cwd}. */
public final class CwdProvider implements KnowledgeTransferProvider<CwdOptions> {

  @Override
  public String name() {
    return "cwd";
  }

  @Override
  public String summary() {
    return "channel-wise distillation: where each channel responds, as a distribution (Shu et al.,"
        + " 2021)";
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
  public CwdOptions defaults() {
    return CwdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(CwdOptions options) {
    return new ChannelDivergence(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "cwd-mmrazor",
            "mmrazor's weight and temperature on each feature map of a detector",
            "[{term: cross-entropy}, {term: cwd, weight: 10, temperature: 1}]"));
  }
}
