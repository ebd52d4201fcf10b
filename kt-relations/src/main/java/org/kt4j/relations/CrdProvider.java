package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces contrastive representation distillation as {@code crd}. */
public final class CrdProvider implements KnowledgeTransferProvider<CrdOptions> {

  @Override
  public String name() {
    return "crd";
  }

  @Override
  public String summary() {
    return "contrastive representation distillation, with a memory bank (Tian et al., 2020)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public String needs() {
    return "keeps two rows of numbers for each training picture, trains two linear layers beside the"
        + " student";
  }

  @Override
  public CrdOptions defaults() {
    return CrdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(CrdOptions options) {
    return new ContrastiveTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "crd-repdistiller",
            "RepDistiller: labels, and 0.8 times the term",
            "[{term: cross-entropy}, {term: crd, weight: 0.8}]"),
        new Preset(
            "crd-kd-repdistiller",
            "RepDistiller: labels, KD and 0.8 times the term",
            "[{term: cross-entropy}, {term: kd, temperature: 4}, {term: crd, weight: 0.8}]"));
  }
}
