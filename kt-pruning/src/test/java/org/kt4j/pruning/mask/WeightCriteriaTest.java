package org.kt4j.pruning.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.WeightCriterion;
import org.kt4j.api.WeightCriterionProvider;
import org.kt4j.api.WeightSurvey;

class WeightCriteriaTest {

  /** A layer whose curvature is read only where that is expected. */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  private record Given(float[] weights, double... second) implements WeightSurvey {

    @Override
    public String layer() {
      return "fc";
    }

    @Override
    public double[] curvature() {
      assertThat(second).isNotEmpty();
      return second;
    }
  }

  @Test
  void both_are_found_by_their_names() {
    List<String> names = new ArrayList<>();
    for (WeightCriterionProvider<?> found : ServiceLoader.load(WeightCriterionProvider.class)) {
      names.add(found.name());
    }

    assertThat(names).containsExactlyInAnyOrder("magnitude", "obd");
  }

  @Test
  void magnitude_is_the_absolute_value_and_looks_at_no_picture() {
    MagnitudeProvider provider = new MagnitudeProvider();
    WeightCriterion magnitude = provider.create(provider.defaults());

    assertThat(magnitude.pictures()).isZero();
    assertThat(magnitude.scores(new Given(new float[] {0.5f, -0.25f, 0, -2})))
        .containsExactly(0.5, 0.25, 0, 2);
  }

  @Test
  void obd_is_half_the_second_derivative_times_the_square_of_the_weight() {
    WeightCriterion obd = new ObdProvider().create(new ObdProvider.Options(7));
    double[] second = {8, 1, 0, 3};

    double[] scores = obd.scores(new Given(new float[] {0.1f, 0.2f, 5, -2}, second));

    // 8 0.01 / 2, 1 0.04 / 2, nothing however large the weight, 3 4 / 2; weights have 24 bits.
    assertThat(scores).containsExactly(new double[] {0.04, 0.02, 0, 6}, within(1e-8));
    assertThat(second).containsExactly(8, 1, 0, 3);
    assertThat(obd.pictures()).isEqualTo(7);
  }

  @Test
  void obd_looks_at_one_picture_or_more() {
    assertThatThrownBy(() -> new ObdProvider.Options(0))
        .isInstanceOf(InvalidOptionException.class)
        .hasMessageContaining("1 to 100000");
  }
}
