package org.kt4j.nst;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.api.Interpolation;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.LayerSelection;
import org.kt4j.api.TapChoice;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.tensorflow.ndarray.Shape;

class NeuronSelectivityTransferTest {

  private static final String TAP = "stage3";

  /** A value of order one that is a sum of a few products of float32 numbers. */
  private static final float ROUNDING = 1e-6f;

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher(TAP, teacher).student(TAP, student);
  }

  private static KnowledgeTransfer nst(NstOptions options) {
    return new NstProvider().create(options.on(LayerSelection.of(Map.of(TAP, TAP))));
  }

  private static MethodProbe probe(HeapTensor teacher, HeapTensor student) {
    return probe(nst(NstOptions.defaults()), teacher, student);
  }

  @Test
  void one_image_with_one_channel_each_as_in_the_documentation() {
    ProbeResult result =
        probe(HeapTensor.maps(1, 1, 2, 1, 3, 4), HeapTensor.maps(1, 1, 2, 1, 1, 0)).run();

    assertThat(result.loss()).isCloseTo(1.28f, within(ROUNDING));
    // With D = Y Y' - X X': dL/dY = 4 D Y = 4 (.64, -.48); its part along Y = (1, 0) goes, since
    // only the direction counts.
    assertThat(result.gradient(TAP).values())
        .containsExactly(new float[] {0, -1.92f}, within(4 * ROUNDING));
  }

  /** The cosine of the documentation's example is .6. */
  @Test
  void other_kernels_on_the_same_image_as_in_the_documentation() {
    NstOptions defaults = NstOptions.defaults();
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 1, 3, 4);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 1, 1, 0);

    ProbeResult linear =
        probe(nst(defaults.with(NstOptions.Kernel.LINEAR)), teacher, student).run();
    ProbeResult gaussian =
        probe(nst(defaults.with(NstOptions.Kernel.GAUSSIAN)), teacher, student).run();
    ProbeResult cubic = probe(nst(defaults.polynomial(3, 0)), teacher, student).run();
    ProbeResult offset = probe(nst(defaults.polynomial(2, 1)), teacher, student).run();

    assertThat(linear.loss()).isCloseTo(0.8f, within(ROUNDING));
    assertThat(gaussian.loss()).isCloseTo(0.786939f, within(ROUNDING));
    assertThat(cubic.loss()).isCloseTo(2 - 2 * 0.216f, within(ROUNDING));
    assertThat(offset.loss()).isCloseTo(2 * 4 - 2 * 2.56f, within(8 * ROUNDING));
    // -2 dk/du times the part of x across y = (1, 0), which is .8; dk/du = exp(-1/2) / .8
    assertThat(linear.gradient(TAP).values())
        .containsExactly(new float[] {0, -1.6f}, within(4 * ROUNDING));
    assertThat(gaussian.gradient(TAP).values())
        .containsExactly(new float[] {0, (float) (-2 * Math.exp(-0.5))}, within(4 * ROUNDING));
    // dk/du = 3 u^2 = 1.08, and 2 (u + 1) = 3.2
    assertThat(cubic.gradient(TAP).values())
        .containsExactly(new float[] {0, -1.728f}, within(4 * ROUNDING));
    assertThat(offset.gradient(TAP).values())
        .containsExactly(new float[] {0, -5.12f}, within(8 * ROUNDING));
  }

  @Test
  void the_weight_of_a_pair_multiplies_its_distance() {
    LayerSelection weighted =
        new LayerSelection(
            Map.of(TAP, TAP), Map.of(TAP, 0.25), TapChoice.AFTER_ACTIVATION, Interpolation.NONE);

    ProbeResult result =
        probe(
                new NstProvider().create(NstOptions.defaults().on(weighted)),
                HeapTensor.maps(1, 1, 2, 1, 3, 4),
                HeapTensor.maps(1, 1, 2, 1, 1, 0))
            .run();

    assertThat(result.loss()).isCloseTo(0.32f, within(ROUNDING));
    assertThat(result.gradient(TAP).values())
        .containsExactly(new float[] {0, -0.48f}, within(4 * ROUNDING));
  }

  /** Two rows become one, half-way between them: (2, 3) and (4, 5) make (3, 4). */
  @Test
  void the_side_that_is_named_is_resized_to_the_size_of_the_other() {
    HeapTensor large = HeapTensor.maps(1, 2, 2, 1, 2, 3, 4, 5);
    HeapTensor small = HeapTensor.maps(1, 1, 2, 1, 1, 0);

    ProbeResult teacher = probe(resizing(Interpolation.TEACHER), large, small).run();
    ProbeResult student = probe(resizing(Interpolation.STUDENT), small, large).run();

    assertThat(teacher.loss()).isCloseTo(1.28f, within(ROUNDING));
    assertThat(student.loss()).isCloseTo(1.28f, within(ROUNDING));
    // Both rows have half a share in the row between them.
    float[] rows = student.gradient(TAP).values();
    assertThat(new float[] {rows[0], rows[1]}).containsExactly(rows[2], rows[3]);
  }

  private static KnowledgeTransfer resizing(Interpolation side) {
    return new NstProvider()
        .create(
            NstOptions.defaults()
                .on(
                    new LayerSelection(
                        Map.of(TAP, TAP), Map.of(), TapChoice.AFTER_ACTIVATION, side)));
  }

  /** More pairs of channels than one block holds, against the other order of computing. */
  @Test
  void blocks_of_channels_add_up_to_the_whole() {
    HeapTensor teacher = HeapTensor.normal(1, 2, 2, 2, 500).withoutChannel(499);
    HeapTensor student = HeapTensor.normal(2, 2, 2, 2, 280).withoutChannel(1);
    ProbeResult whole = probe(new OneSide(new SecondMoment(0)), teacher, student).run();

    ProbeResult blocks =
        probe(new OneSide(new KernelSums(new PolynomialKernel(2, 0), 500, 280)), teacher, student)
            .run();

    assertThat(500 * 280).isGreaterThan(KernelSums.BLOCK);
    assertThat(blocks.loss()).isCloseTo(whole.loss(), within(ROUNDING));
    // Entries of the gradient are of order 1e-3; sums of 500 products round at about 1e-9.
    assertThat(blocks.gradient(TAP).values())
        .containsExactly(whole.gradient(TAP).values(), within(1e-7f));
    assertThat(whole.gradient(TAP).largest()).isGreaterThan(1e-4f);
  }

  /** All patterns alike and no distance at all: the width of the kernel would be zero. */
  @Test
  void a_gaussian_of_no_width_is_finite_and_zero() {
    HeapTensor map = HeapTensor.maps(1, 1, 2, 2, 3, 3, 4, 4);

    ProbeResult result =
        probe(nst(NstOptions.defaults().with(NstOptions.Kernel.GAUSSIAN)), map, map).run();

    assertThat(result).matches(ProbeResult::isFinite, "is finite");
    assertThat(result.loss()).isCloseTo(0, within(ROUNDING));
  }

  /**
   * By the definition, pair by pair. The teacher's channels are (1, 0) and (0, 1), the student's
   * one is (3, 4) / 5: (1/4)(1 + 0 + 0 + 1) + 1 - (2/2)(.36 + .64) = 1/2. The second image is that
   * of the documentation, 1.28. The mean is 0.89.
   */
  @Test
  void two_images_with_unequal_channel_counts_are_a_mean() {
    HeapTensor teacher = HeapTensor.maps(2, 1, 2, 2, 2, 0, 0, 5, 3, 3, 4, 4);
    HeapTensor student = HeapTensor.maps(2, 1, 2, 1, 3, 4, 1, 0);

    ProbeResult result = probe(teacher, student).run();

    assertThat(result.loss()).isCloseTo(0.89f, within(ROUNDING));
  }

  /** The documentation's example twice: at two pairs of taps the loss is the sum. */
  @Test
  void several_pairs_of_taps_are_added() {
    Map<String, String> layers = new LinkedHashMap<>();
    layers.put("stage3", "stage2");
    layers.put("stage1", "stage1");
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 1, 3, 4);
    HeapTensor student = HeapTensor.maps(1, 2, 1, 1, 1, 0);

    ProbeResult result =
        MethodProbe.of(
                new NstProvider().create(NstOptions.defaults().on(LayerSelection.of(layers))))
            .teacher("stage1", HeapTensor.maps(1, 2, 1, 1, 3, 4))
            .teacher("stage3", teacher)
            .student("stage1", student)
            .student("stage2", HeapTensor.maps(1, 1, 2, 1, 1, 0))
            .run();

    assertThat(result.loss()).isCloseTo(2.56f, within(2 * ROUNDING));
    assertThat(result.gradients()).containsOnlyKeys("stage2", "stage1");
  }

  @Test
  void the_knowledge_is_one_matrix_of_positions_whatever_the_channels() {
    ProbeResult result =
        probe(HeapTensor.normal(1, 2, 3, 2, 64), HeapTensor.normal(2, 2, 3, 2, 5)).run();

    assertThat(result.knowledge()).containsOnlyKeys("stage3/gram");
    assertThat(result.knowledge().values())
        .extracting(HeapTensor::shape)
        .containsExactly(Shape.of(2, 6, 6));
  }

  @Test
  void equal_maps_have_no_distance() {
    HeapTensor map = HeapTensor.normal(1, 3, 4, 4, 6);

    ProbeResult result = probe(map, map).run();

    assertThat(result.loss()).isZero();
    assertThat(result.gradient(TAP).largest()).isZero();
  }

  /** The patterns are a set: neither the order of the channels nor their number is seen. */
  @Test
  void the_same_patterns_in_other_channels_have_no_distance() {
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 2, 1, 3, 2, 4);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 4, 3, 1, 3, 1, 4, 2, 4, 2);

    ProbeResult result = probe(teacher, student).run();

    assertThat(result.loss()).isCloseTo(0, within(ROUNDING * ROUNDING));
  }

  /** A channel's length is not part of its pattern, and the gradient shrinks as it grows. */
  @ParameterizedTest
  @ValueSource(floats = {0x1p-13f, 0x1p13f, 0x1p60f, 0x1p120f})
  void a_scaled_student_has_the_same_loss(float factor) {
    MethodProbe probe = probe(HeapTensor.normal(1, 2, 3, 2, 4), HeapTensor.normal(2, 2, 3, 2, 5));
    ProbeResult once = probe.run();

    ProbeResult scaled = probe.eachStudentActivation(map -> map.times(factor)).run();

    // A power of two changes no digit.
    assertThat(scaled.loss()).isEqualTo(once.loss());
    if (factor < 0x1p100f) { // beyond, the gradient is below the smallest float32 number
      assertThat(scaled.gradient(TAP).times(factor)).isEqualTo(once.gradient(TAP));
    }
  }

  /** A large map of large numbers: the square sum of a channel is beyond float32. */
  @Test
  void a_large_map_of_huge_values_keeps_its_patterns() {
    HeapTensor teacher = HeapTensor.normal(1, 1, 24, 24, 3);
    HeapTensor student = HeapTensor.normal(2, 1, 24, 24, 2);
    ProbeResult once = probe(teacher, student).run();

    ProbeResult huge = probe(teacher, student.times(0x1p63f)).run(); // 9.2e18

    assertThat(huge.loss()).isEqualTo(once.loss());
  }

  @Test
  void a_dead_channel_is_no_pattern_and_gets_no_gradient() {
    HeapTensor teacher = HeapTensor.normal(1, 2, 3, 2, 4).withoutChannel(0);
    HeapTensor student = HeapTensor.normal(2, 2, 3, 2, 5).withoutChannel(3);

    ProbeResult result = probe(teacher, student).run();

    assertThat(result).matches(ProbeResult::isFinite, "is finite");
    HeapTensor gradient = result.gradient(TAP);
    assertThat(gradient.withoutChannel(3)).isEqualTo(gradient);
  }

  /** What is left of a dead channel by rounding must not be blown up to a pattern of length one. */
  @Test
  void a_channel_of_rounding_noise_counts_as_dead() {
    HeapTensor teacher = HeapTensor.normal(1, 1, 1, 2, 3);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 2, 1, 0, 2, 0);

    ProbeResult dead = probe(teacher, student).run();
    ProbeResult noisy = probe(teacher, student.with(1, 1e-7f).with(3, -3e-8f)).run();

    assertThat(noisy.loss()).isEqualTo(dead.loss());
    assertThat(noisy.gradient(TAP)).isEqualTo(dead.gradient(TAP));
  }

  /** The square sum of the scaled channel is one up to rounding, on either side of it. */
  @ParameterizedTest
  @ValueSource(floats = {0.3f, 0.7f, 1.1f, 3.3f, -5.7f})
  void a_channel_live_at_one_position_is_a_pattern(float activation) {
    HeapTensor teacher = HeapTensor.maps(1, 1, 2, 1, 3, 4);
    HeapTensor student = HeapTensor.maps(1, 1, 2, 1, activation, 0);

    ProbeResult result = probe(teacher, student).run();

    assertThat(result.loss()).isCloseTo(1.28f, within(ROUNDING));
    // -1.92 of the documentation's example over the length, turned with the sign.
    assertThat(result.gradient(TAP).times(Math.abs(activation)).values())
        .containsExactly(new float[] {0, -1.92f * Math.signum(activation)}, within(4 * ROUNDING));
  }

  @Test
  void a_nan_is_not_hidden() {
    HeapTensor map = HeapTensor.normal(1, 1, 2, 2, 3);

    assertThat(probe(map, map.with(4, Float.NaN)).run().loss()).isNaN();
    assertThat(probe(map, map.with(4, Float.POSITIVE_INFINITY)).run().loss()).isNaN();
  }

  @Test
  void unequal_map_sizes_are_refused() {
    MethodProbe probe = probe(HeapTensor.normal(1, 1, 8, 8, 4), HeapTensor.normal(2, 1, 4, 4, 4));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "the maps of a pair must have the same height and width; the teacher's 'stage3' is"
                + " [-1, 8, 8, 4], the student's 'stage3' is [-1, 4, 4, 4]; fix: pair layers of one"
                + " size, or resize a side with interpolate: teacher or interpolate: student");
  }

  @Test
  void what_is_no_feature_map_is_refused() {
    MethodProbe probe = probe(HeapTensor.normal(1, 1, 8, 8, 4), HeapTensor.normal(2, 1, 10));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "compares feature maps [B, H, W, C]; the teacher's 'stage3' is [-1, 8, 8, 4], the"
                + " student's 'stage3' is [-1, 10]; fix: name layers that are feature maps");
  }
}
