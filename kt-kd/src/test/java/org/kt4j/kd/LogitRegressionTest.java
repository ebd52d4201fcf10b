package org.kt4j.kd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.testkit.GoldenLosses;
import org.kt4j.testkit.HeapTensor;
import org.kt4j.testkit.MethodProbe;
import org.kt4j.testkit.ProbeResult;
import org.kt4j.testkit.TransferContract;

class LogitRegressionTest implements TransferContract<LogitRegressionOptions> {

  @Override
  public LogitRegressionProvider provider() {
    return new LogitRegressionProvider();
  }

  @Override
  public MethodProbe probe(KnowledgeTransfer method) {
    return probe(method, HeapTensor.normal(1, 3, 5), HeapTensor.normal(2, 3, 5));
  }

  private static MethodProbe probe(
      KnowledgeTransfer method, HeapTensor teacher, HeapTensor student) {
    return MethodProbe.of(method).teacher("logits", teacher).student("logits", student);
  }

  @Test
  void one_image_as_in_the_documentation() {
    ProbeResult result =
        probe(
                new LogitRegression(false),
                HeapTensor.logits(1, 2, 1, 3),
                HeapTensor.logits(1, 2, 2, 0))
            .run();

    assertThat(result.loss()).isEqualTo(5);
    // 2 (z - v) / (B K)
    assertThat(result.gradient("logits").values()).containsExactly(1, -3);
  }

  /** The teacher becomes (1, -1), the student (-1, 1); both differences are 2. */
  @Test
  void standardized_logits_are_compared_whatever_their_range() {
    ProbeResult result =
        probe(
                new LogitRegression(true),
                HeapTensor.logits(1, 2, 5, 1),
                HeapTensor.logits(1, 2, 2, 8))
            .run();

    assertThat(result.loss()).isCloseTo(4, within(4e-6f));
  }

  @Test
  void unequal_class_counts_are_refused() {
    MethodProbe probe =
        probe(
            new LogitRegression(false), HeapTensor.normal(1, 2, 10), HeapTensor.normal(2, 2, 100));

    assertThatThrownBy(probe::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the teacher has 10 classes, the student 100; logit-regression needs the same");
  }

  @Tag("shared")
  @ParameterizedTest
  @MethodSource("golden")
  void agrees_with_another_implementation(GoldenLosses.Case golden) {
    GoldenLosses.Deviation deviation =
        golden.deviation(
            probe(new LogitRegression(false), golden.teacherLogits(), golden.studentLogits())
                .run());

    // Expected in float64; float32 rounds at 6e-8, a few times in a row.
    assertThat(deviation.value()).isLessThan(1e-5);
    assertThat(deviation.gradient()).isLessThan(1e-5);
  }

  static List<GoldenLosses.Case> golden() {
    return GoldenLosses.cases("logits-mse");
  }
}
