package org.kt4j.nst;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.MethodProbe;

/** Each kernel, on each side, against another implementation's float64 numbers. */
@Tag("shared")
class GoldenNstTest {

  // Float32 rounds at 6e-8, and some ten such roundings follow each other here; 1e-5 leaves room
  // for other kernels, on a GPU or with oneDNN. No eps stands anywhere: a dead channel is a zero
  // pattern there as here.
  private static final double TOLERANCE = 1e-5;

  static List<GoldenLosses.Case> linear() {
    return GoldenLosses.cases("nst-linear");
  }

  static List<GoldenLosses.Case> polynomial() {
    return GoldenLosses.cases("nst-polynomial");
  }

  static List<GoldenLosses.Case> gaussian() {
    return GoldenLosses.cases("nst-gaussian");
  }

  @ParameterizedTest
  @MethodSource("linear")
  void linear(GoldenLosses.Case golden) {
    assertAgrees(golden, nst(NstOptions.defaults().with(NstOptions.Kernel.LINEAR)));
  }

  @ParameterizedTest
  @MethodSource("linear")
  void a_polynomial_of_degree_one_is_linear(GoldenLosses.Case golden) {
    assertAgrees(golden, nst(NstOptions.defaults().polynomial(1, 3)));
  }

  @ParameterizedTest
  @MethodSource("polynomial")
  void polynomial(GoldenLosses.Case golden) {
    assertAgrees(golden, nst(NstOptions.defaults()));
  }

  @ParameterizedTest
  @MethodSource("polynomial")
  void polynomial_on_positions(GoldenLosses.Case golden) {
    assertAgrees(golden, new OneSide(new SecondMoment(0)));
  }

  @ParameterizedTest
  @MethodSource("polynomial")
  void polynomial_on_channels(GoldenLosses.Case golden) {
    assertAgrees(golden, new OneSide(sums(golden, new PolynomialKernel(2, 0))));
  }

  @ParameterizedTest
  @MethodSource("gaussian")
  void gaussian(GoldenLosses.Case golden) {
    assertAgrees(golden, nst(NstOptions.defaults().with(NstOptions.Kernel.GAUSSIAN)));
  }

  private static KernelSums sums(GoldenLosses.Case golden, CosineKernel kernel) {
    return new KernelSums(
        kernel, (int) golden.teacher().shape().get(3), (int) golden.student().shape().get(3));
  }

  private static KnowledgeTransfer nst(NstOptions options) {
    return new NstProvider()
        .create(options.on(LayerSelection.of(Map.of(OneSide.TAP, OneSide.TAP))));
  }

  private static void assertAgrees(GoldenLosses.Case golden, KnowledgeTransfer method) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            MethodProbe.of(method)
                .teacher(OneSide.TAP, golden.teacher())
                .student(OneSide.TAP, golden.student())
                .run());

    assertThat(deviation.value()).isLessThan(TOLERANCE);
    assertThat(deviation.gradient()).isLessThan(TOLERANCE);
  }
}
