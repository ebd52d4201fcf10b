package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces the transfer of inter-channel correlations as {@code ickd}. */
public final class IckdProvider implements KnowledgeTransferProvider<IckdOptions> {

  @Override
  public String name() {
    return "ickd";
  }

  @Override
  public String summary() {
    return "inter-channel correlation: which channels of a layer go together (Liu et al., 2021)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public String needs() {
    return "trains a 1x1 convolution beside the student where channels differ";
  }

  @Override
  public IckdOptions defaults() {
    return IckdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(IckdOptions options) {
    return new ChannelCorrelation(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "ickd-paper",
            "the authors' code on CIFAR-100: labels, and 2.5 times the term behind a normalised 1x1"
                + " convolution",
            "[{term: cross-entropy},"
                + " {term: ickd, weight: 2.5, adapt: always, batch-norm: true}]"));
  }
}
