package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces the flow between layers as {@code fsp}. */
public final class FspProvider implements KnowledgeTransferProvider<FspOptions> {

  @Override
  public String name() {
    return "fsp";
  }

  @Override
  public String summary() {
    return "flow of the solution procedure: what one layer makes of an earlier one (Yim et al.,"
        + " 2017)";
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
  public FspOptions defaults() {
    return FspOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(FspOptions options) {
    return new LayerFlow(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "fsp-flow",
            "stage 1 of the paper, and of RepDistiller: the flows and nothing else; a phase of its"
                + " own, before one with cross-entropy",
            "[{term: fsp}]"));
  }
}
