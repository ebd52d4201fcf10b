package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class VirtualTeacherTest implements TransferContract<TfKdOptions> {

  /** A value of order one that is a sum of a few float32 terms. */
  private static final float ROUNDING = 1e-6f;

  @Override
  public TfKdProvider provider() {
    return new TfKdProvider();
  }

  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    return probe(method, HeapTensor.normal(2, 3, 5), 4, 0, 2);
  }

  /** There is no teacher that the student could equal. */
  @Override
  public boolean isDistance() {
    return false;
  }

  private static MethodProbe probe(KnowledgeTransfer method, HeapTensor student, int... labels) {
    return MethodProbe.of(method).student("logits", student).labels(labels);
  }

  private static ProbeResult run(TfKdOptions options, HeapTensor student, int... labels) {
    return probe(new TfKdProvider().create(options), student, labels).run();
  }

  @Test
  void one_picture_as_in_the_documentation() {
    ProbeResult result = run(new TfKdOptions(0.5, 1), HeapTensor.logits(1, 2, 0, 0), 0);

    assertThat(result.loss()).isCloseTo(0.327813f, within(ROUNDING));
    assertThat(result.gradient("logits").values())
        .containsExactly(new float[] {0.5f - 0.880797f, 0.5f - 0.119203f}, within(ROUNDING));
    assertThat(result.knowledge()).isEmpty();
  }

  /**
   * a = 1/2 of three classes: u = (1/4, 1/2, 1/4) at T = 1/4 is (1, 2, 1), which the student has.
   */
  @Test
  void the_other_classes_share_what_is_left() {
    ProbeResult result = run(new TfKdOptions(0.25, 0.5), HeapTensor.logits(1, 3, 5, 6, 5), 1);

    assertThat(result.loss()).isCloseTo(0, within(ROUNDING));
  }

  @Test
  void a_single_class_has_no_distance() {
    assertThat(run(TfKdOptions.defaults(), HeapTensor.normal(1, 2, 1), 0, 0).loss()).isZero();
  }

  @Test
  void a_probability_outside_its_range_is_refused() {
    assertThatThrownBy(() -> new TfKdOptions(20, 1.5))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("probability: 1.5 is not allowed; allowed: 0 to 1");
    assertThatThrownBy(() -> new TfKdOptions(0, 0.9))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessage("temperature: 0.0 is not allowed; allowed: 0.001 to 10000");
  }
}
