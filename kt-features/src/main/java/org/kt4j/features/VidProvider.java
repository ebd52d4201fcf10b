package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces variational information distillation as {@code vid}. */
public final class VidProvider implements KnowledgeTransferProvider<VidOptions> {

  @Override
  public String name() {
    return "vid";
  }

  @Override
  public String summary() {
    return "variational information distillation: a likelihood of the teacher's maps (Ahn et al.,"
        + " 2019)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "trains a regressor and variances beside the student";
  }

  @Override
  public VidOptions defaults() {
    return VidOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(VidOptions options) {
    return new VariationalInformation(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "vid-repdistiller",
            "RepDistiller's mix with labels, all stages",
            "[{term: cross-entropy}, {term: vid, weight: 1}]"));
  }
}
