package org.kt4j.kd;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces the regression of the teacher's logits as {@code logit-regression}. */
public final class LogitRegressionProvider
    implements KnowledgeTransferProvider<LogitRegressionOptions> {

  @Override
  public String name() {
    return "logit-regression";
  }

  @Override
  public String summary() {
    return "model compression: squared distance of the logits (Ba and Caruana, 2014)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.LOGITS;
  }

  @Override
  public LogitRegressionOptions defaults() {
    return LogitRegressionOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(LogitRegressionOptions options) {
    return new LogitRegression(options.standardize());
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "logit-regression-paper",
            "Ba and Caruana: the teacher's logits are all that the student learns from",
            "[{term: logit-regression}]"));
  }
}
