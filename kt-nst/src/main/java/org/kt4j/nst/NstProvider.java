package org.kt4j.nst;

import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;

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
  public NstOptions defaults() {
    return NstOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(NstOptions options) {
    return new PolynomialMmd(options.layers());
  }
}
