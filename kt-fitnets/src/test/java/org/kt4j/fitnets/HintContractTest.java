package org.kt4j.fitnets;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.kt4j.api.Interpolation;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.fitnets.FitNetsOptions.Form;
import org.kt4j.fitnets.FitNetsOptions.RegressorKind;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.TransferContract;

/** The contract with each form of hint and each kind of regressor. */
class HintContractTest {

  private interface Contract extends TransferContract<FitNetsOptions> {

    @Override
    default FitNetsProvider provider() {
      return new FitNetsProvider();
    }

    /** A regressor of random first values stands between two equal maps. */
    @Override
    default boolean isDistance() {
      return options().regressor() == RegressorKind.NONE;
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage2", HeapTensor.normal(1, 3, 3, 3, 4))
          .student("stage2", HeapTensor.normal(2, 3, 3, 3, 2))
          .labels(0, 1, 0);
    }
  }

  @Nested
  class Regression implements Contract {}

  @Nested
  class RegressionByALargerKernel implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults().with(RegressorKind.CONVOLUTION, 3, false);
    }
  }

  @Nested
  class RegressionWithBatchNorm implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults().with(RegressorKind.CONVOLUTION, 1, true);
    }
  }

  @Nested
  class RegressionWithoutARegressor implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults().with(RegressorKind.NONE, 1, false);
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super.probe(method).student("stage2", HeapTensor.normal(2, 3, 3, 3, 4));
    }
  }

  @Nested
  class PreRegression implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults().with(Form.PRE_REGRESSION);
    }
  }

  @Nested
  class NeuronSelection implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults().with(Form.NEURON_SELECTION).keeping(3);
    }
  }

  /** Vectors of the top hidden layer, and the student's map resized to the teacher's. */
  @Nested
  class SeveralLayers implements Contract {
    @Override
    public FitNetsOptions options() {
      return FitNetsOptions.defaults()
          .on(
              new LayerSelection(
                  Map.of("stage2", "stage2", "pooled", "pooled"),
                  Map.of("pooled", 0.5),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.STUDENT));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super
          .probe(method)
          .student("stage2", HeapTensor.normal(2, 3, 2, 2, 2))
          .teacher("pooled", HeapTensor.normal(3, 3, 5))
          .student("pooled", HeapTensor.normal(4, 3, 3));
    }
  }
}
