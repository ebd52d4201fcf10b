package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces factor transfer as {@code ft}. */
public final class FtProvider implements KnowledgeTransferProvider<FtOptions> {

  @Override
  public String name() {
    return "ft";
  }

  @Override
  public String summary() {
    return "factor transfer: normalised factors of the last maps (Kim et al., 2018)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "with networks: trains a paraphraser in a phase before, and a translator beside the student";
  }

  @Override
  public FtOptions defaults() {
    return FtOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(FtOptions options) {
    return new FactorTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "ft-repdistiller",
            "RepDistiller's weight, without its paraphraser and translator",
            "[{term: cross-entropy}, {term: ft, weight: 200}]"),
        new Preset(
            "ft-paraphraser",
            "the paper's first stage: the paraphraser alone; a phase of its own, before one with"
                + " ft-translator",
            "[{term: ft, networks: paraphraser}]"),
        new Preset(
            "ft-translator",
            "the second stage, with RepDistiller's weight",
            "[{term: cross-entropy}, {term: ft, weight: 200, networks: translator}]"));
  }
}
