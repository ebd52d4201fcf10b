package org.kt4j.nst;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces neuron selectivity transfer as {@code nst}. */
public final class NstProvider implements KnowledgeTransferProvider<NstOptions> {

  @Override
  public String name() {
    return "nst";
  }

  @Override
  public String summary() {
    return "neuron selectivity transfer: MMD between selectivity patterns (Huang and Wang, 2017)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public NstOptions defaults() {
    return NstOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(NstOptions options) {
    return new NeuronSelectivityTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "nst-paper",
            "Huang and Wang's code: 50 MMD^2 in front of the last ReLU",
            "[{term: cross-entropy}, {term: nst, weight: 50,"
                + " layers: {stage3.pre-relu: stage3.pre-relu}}]"),
        new Preset(
            "nst-repdistiller",
            "as peers in PyTorch: 50 MMD^2 summed over the stages, behind the ReLU",
            "[{term: cross-entropy}, {term: nst, weight: 50}]"));
  }
}
