package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces correlation congruence as {@code cc}. */
public final class CcProvider implements KnowledgeTransferProvider<CcOptions> {

  @Override
  public String name() {
    return "cc";
  }

  @Override
  public String summary() {
    return "correlation congruence: differences of neighbouring pictures (Peng et al., 2019)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public String needs() {
    return "trains two linear layers beside the student";
  }

  @Override
  public CcOptions defaults() {
    return CcOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(CcOptions options) {
    return new CorrelationCongruence(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "cc-repdistiller",
            "RepDistiller: labels, and 0.02 times the term on 128 embedded features",
            "[{term: cross-entropy}, {term: cc, weight: 0.02, embed: 128}]"));
  }
}
