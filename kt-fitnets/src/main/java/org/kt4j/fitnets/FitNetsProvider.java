package org.kt4j.fitnets;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.api.MethodFamily;
import org.kt4j.api.Preset;

/** Announces FitNets hints as {@code fitnets}. */
public final class FitNetsProvider implements KnowledgeTransferProvider<FitNetsOptions> {

  @Override
  public String name() {
    return "fitnets";
  }

  @Override
  public String summary() {
    return "FitNets: regress an inner layer of the teacher, the hint (Romero et al., 2015)";
  }

  @Override
  public MethodFamily family() {
    return MethodFamily.FEATURES;
  }

  @Override
  public String needs() {
    return "trains a regressor beside the student";
  }

  @Override
  public FitNetsOptions defaults() {
    return FitNetsOptions.defaults();
  }

  @Override
  public KnowledgeTransfer create(FitNetsOptions options) {
    return new HintTransfer(options, List.of());
  }

  @Override
  public List<Preset> presets() {
    return List.of(
        new Preset(
            "fitnets-hint",
            "stage 1 of the paper: the student up to its guided layer and nothing above it; a phase"
                + " of its own, before one with kd-paper",
            "[{term: fitnets}]"),
        new Preset(
            "fitnets-one-stage",
            "as peers in PyTorch: labels and hint at once, 100 times the mean squared distance, the"
                + " regressor normalised",
            "[{term: cross-entropy}, {term: fitnets, weight: 100, batch-norm: true}]"));
  }
}
