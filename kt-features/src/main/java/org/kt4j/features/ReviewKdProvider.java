package org.kt4j.features;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces knowledge review as {@code reviewkd}. */
public final class ReviewKdProvider implements KnowledgeTransferProvider<ReviewKdOptions> {

  @Override
  public String name() {
    return "reviewkd";
  }

  @Override
  public String summary() {
    return "knowledge review: deep layers of the student are fused into lower ones (Chen et al.,"
        + " 2021)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "trains the fusion of its layers beside the student";
  }

  @Override
  public ReviewKdOptions defaults() {
    return ReviewKdOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(ReviewKdOptions options) {
    return new KnowledgeReview(options);
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "reviewkd-mdistiller",
            "mdistiller on CIFAR-100: weight 5 after a warm-up of 20 epochs",
            "[{term: cross-entropy}, {term: reviewkd, weight: {from: 0, to: 5, epochs: 20}}]"));
  }
}
