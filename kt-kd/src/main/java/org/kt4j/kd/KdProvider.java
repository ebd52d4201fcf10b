package org.kt4j.kd;

import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;

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
  public KdOptions defaults() {
    return KdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(KdOptions options) {
    return new SoftenedLogits(options.temperature());
  }
}
