package org.kt4j.nst;

import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.kt4j.api.Interpolation;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.TransferContract;

/** The contract with each kernel, on each side, with several layers and with resizing. */
class KernelContractTest {

  /** Four channels against five, both signs as in front of a ReLU; channels are cheaper. */
  private interface Contract extends TransferContract<NstOptions> {

    @Override
    default NstProvider provider() {
      return new NstProvider();
    }

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage3", HeapTensor.normal(1, 2, 3, 3, 4))
          .student("stage3", HeapTensor.normal(2, 2, 3, 3, 5));
    }
  }

  /** Few positions and many channels, so that positions are cheaper. */
  private interface FewPositions extends Contract {

    @Override
    default MethodProbe probe(KnowledgeTransfer method) {
      return MethodProbe.of(method)
          .teacher("stage3", HeapTensor.normal(1, 2, 2, 2, 9))
          .student("stage3", HeapTensor.normal(2, 2, 2, 2, 7));
    }
  }

  @Nested
  class Linear implements Contract {
    @Override
    public NstOptions options() {
      return NstOptions.defaults().with(NstOptions.Kernel.LINEAR);
    }
  }

  @Nested
  class QuadraticOnChannels implements Contract {}

  @Nested
  class QuadraticOnPositions implements FewPositions {}

  @Nested
  class QuadraticWithOffsetOnPositions implements FewPositions {
    @Override
    public NstOptions options() {
      return NstOptions.defaults().polynomial(2, 0.5);
    }
  }

  @Nested
  class CubicWithOffset implements Contract {
    @Override
    public NstOptions options() {
      return NstOptions.defaults().polynomial(3, 1);
    }
  }

  /** The width of the kernel counts as a constant, so its gradient is no plain derivative. */
  @Nested
  class Gaussian implements Contract {
    @Override
    public NstOptions options() {
      return NstOptions.defaults().with(NstOptions.Kernel.GAUSSIAN);
    }

    @Override
    public void the_gradient_agrees_with_finite_differences() {}
  }

  @Nested
  class GaussianOfGivenWidth implements Contract {
    @Override
    public NstOptions options() {
      return NstOptions.defaults().gaussian(0.8);
    }
  }

  /** Two pairs of unequal weight, of which the student resizes one. */
  @Nested
  class SeveralLayers implements Contract {
    @Override
    public NstOptions options() {
      return NstOptions.defaults()
          .on(
              new LayerSelection(
                  Map.of("stage2", "stage2", "stage3", "stage3"),
                  Map.of("stage2", 0.25),
                  TapChoice.AFTER_ACTIVATION,
                  Interpolation.STUDENT));
    }

    @Override
    public MethodProbe probe(KnowledgeTransfer method) {
      return Contract.super
          .probe(method)
          .teacher("stage2", HeapTensor.normal(3, 2, 2, 2, 3))
          .student("stage2", HeapTensor.normal(4, 2, 4, 4, 2));
    }
  }
}
