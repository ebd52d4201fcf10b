package org.kt4j.fitnets;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code fitnets}.
 *
 * @param form how the hint is learnt
 * @param regressor what stands between the guided layer and the hint
 * @param kernel height and width of the regressor's convolution
 * @param batchNorm whether the regressor's output is normalised over the batch
 * @param temperature of {@link Form#PRE_REGRESSION}
 * @param neurons how many channels {@link Form#NEURON_SELECTION} keeps
 * @param selection hint (teacher's tap) and guided layer (student's tap); one pair of the layers of
 *     equal size when none is named
 */
public record FitNetsOptions(
    @Description("how the hint is learnt") Form form,
    @Description("between guided layer and hint; none needs equal channels")
        RegressorKind regressor,
    @Description(
            "height and width of the regressor's convolution, 1 to 1024, odd where it keeps the size")
        int kernel,
    @Description("normalise the regressor's output over the batch") boolean batchNorm,
    @Description("of pre-regression, 0.001 to 10000") double temperature,
    @Description("channels that neuron-selection keeps, 1 to 65536") int neurons,
    @Inline LayerSelection selection) {

  /** How a hint is learnt. */
  public enum Form {
    /** By the squared distance to the teacher's feature map (Romero et al., 2015). */
    REGRESSION,
    /** By the cross-entropy with the teacher's feature map (Wang et al., 2016). */
    PRE_REGRESSION,
    /** By the squared distance to the teacher's most informative channels (Luo et al., 2016). */
    NEURON_SELECTION
  }

  /** What stands between the guided layer and the hint. */
  public enum RegressorKind {
    /** A convolution that is trained along and never exported. */
    CONVOLUTION,
    /** Nothing; both layers have the same channels. */
    NONE
  }

  /** Checks the ranges. */
  public FitNetsOptions {
    if (kernel < 1 || kernel > 1_024) {
      throw new InvalidOptionException("kernel", kernel, "1 to 1024");
    }
    if (!(temperature >= 0.001 && temperature <= 10_000)) {
      throw new InvalidOptionException("temperature", temperature, "0.001 to 10000");
    }
    if (neurons < 1 || neurons > 65_536) {
      throw new InvalidOptionException("neurons", neurons, "1 to 65536");
    }
    if (regressor == RegressorKind.NONE && form == Form.NEURON_SELECTION) {
      throw new InvalidOptionException(
          "regressor",
          "none",
          "convolution, since selected channels are no channels of the student");
    }
  }

  /** The same hint learnt in another form. */
  public FitNetsOptions with(Form other) {
    return new FitNetsOptions(other, regressor, kernel, batchNorm, temperature, neurons, selection);
  }

  /** The same with another regressor. */
  public FitNetsOptions with(RegressorKind other, int otherKernel, boolean otherBatchNorm) {
    return new FitNetsOptions(
        form, other, otherKernel, otherBatchNorm, temperature, neurons, selection);
  }

  /** The same on other layers. */
  public FitNetsOptions on(LayerSelection other) {
    return new FitNetsOptions(form, regressor, kernel, batchNorm, temperature, neurons, other);
  }

  /** The same with another number of channels to keep. */
  public FitNetsOptions keeping(int otherNeurons) {
    return new FitNetsOptions(
        form, regressor, kernel, batchNorm, temperature, otherNeurons, selection);
  }

  /** A 1x1 regressor without normalisation to the middle one of the layers of equal size. */
  public static FitNetsOptions defaults() {
    return new FitNetsOptions(
        Form.REGRESSION, RegressorKind.CONVOLUTION, 1, false, 1, 16, LayerSelection.automatic());
  }
}
