package com.example.meanmap;

import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.LayerSelection;

/** Announces the method: {@code {term: mean-map, weight: 2}}. */
public final class MeanMapProvider implements KnowledgeTransferProvider<MeanMapOptions> {

  @Override
  public String name() {
    return "mean-map";
  }

  @Override
  public String summary() {
    return "squared distance of the channel means at each position";
  }

  @Override
  public MeanMapOptions defaults() {
    return new MeanMapOptions(1, LayerSelection.automatic());
  }

  @Override
  public KnowledgeTransfer create(MeanMapOptions options) {
    return new MeanMap(options.gain(), options.selection());
  }
}
