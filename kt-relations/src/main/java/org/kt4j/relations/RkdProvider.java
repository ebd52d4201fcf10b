package org.kt4j.relations;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces relational knowledge distillation as {@code rkd}. */
public final class RkdProvider implements KnowledgeTransferProvider<RkdOptions> {

  @Override
  public String name() {
    return "rkd";
  }

  @Override
  public String summary() {
    return "relational: distances and angles between the pictures of a batch (Park et al., 2019)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.RELATIONS;
  }

  @Override
  public RkdOptions defaults() {
    return RkdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(RkdOptions options) {
    return new RelationalTransfer(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "rkd-repdistiller",
            "RepDistiller and mdistiller: labels, 25 times distances and 50 times angles",
            "[{term: cross-entropy}, {term: rkd, distance-weight: 25, angle-weight: 50}]"),
        new Preset(
            "rkd-mmrazor",
            "mmrazor: the same on features of length one",
            "[{term: cross-entropy},"
                + " {term: rkd, distance-weight: 25, angle-weight: 50, normalize: true}]"));
  }
}
