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
    return "factor transfer: normalised factors of the last maps, without a paraphraser (Kim et al.,"
        + " 2018)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
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
            "RepDistiller's weight; its paraphraser and translator are left out",
            "[{term: cross-entropy}, {term: ft, weight: 200}]"));
  }
}
