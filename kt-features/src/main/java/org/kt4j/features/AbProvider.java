package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces the distillation of activation boundaries as {@code ab}. */
public final class AbProvider implements KnowledgeTransferProvider<AbOptions> {

  @Override
  public String name() {
    return "ab";
  }

  @Override
  public String summary() {
    return "activation boundaries: which neurons are active, not how much (Heo et al., 2019)";
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
  public AbOptions defaults() {
    return AbOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(AbOptions options) {
    return new ActivationBoundaries(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "ab-repdistiller",
            "the first stage of the paper and of RepDistiller: a phase of its own, before one with"
                + " cross-entropy",
            "[{term: ab}]"));
  }
}
