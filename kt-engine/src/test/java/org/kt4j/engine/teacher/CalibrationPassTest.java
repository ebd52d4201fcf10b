package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ThreadReplicas;

class CalibrationPassTest {

  /** Its map is the pixels, its vector their sum and twice that. */
  private static final Network PIXELS =
      (nn, images) -> {
        var map = nn.tap("map", images);
        var mean = nn.globalAvgPool(map);
        nn.tap("vector", nn.tf().concat(List.of(mean, nn.add(mean, mean)), nn.tf().constant(1)));
        return nn.dense("linear", mean, 2);
      };

  /** More than one batch; picture i has the pixels i and i + 1. */
  private static final class Numbered implements ImageDataset {

    @Override
    public String name() {
      return "numbered";
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(1, 2, 1);
    }

    @Override
    public List<String> classes() {
      return List.of("even", "odd");
    }

    @Override
    public int size() {
      return 120;
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      target[offset] = (byte) index;
      target[offset + 1] = (byte) (index + 1);
    }
  }

  private static Teacher teacher() {
    Normalization bytes = new Normalization(List.of(0.0), List.of(1 / 255.0));
    return NetworkTeacher.untrained(PIXELS, bytes, new Numbered().shape(), 1);
  }

  private static CalibrationPass survey(Teacher teacher, Replicas replicas) {
    return CalibrationPass.of(teacher, new Numbered(), List.of("map", "vector"), replicas);
  }

  @Test
  void gives_the_mean_of_each_channel_over_the_positions_picture_by_picture() {
    CalibrationPass survey = survey(teacher(), Replicas.one());

    assertThat(survey.labels()).hasSize(120).startsWith(0, 1, 0, 1);
    assertThat(survey.channelMeans("map")).hasDimensions(120, 1);
    assertThat(survey.channelMeans("map")[117][0]).isCloseTo(117.5f, within(1e-4f));
    assertThat(survey.channelMeans("vector")[3])
        .containsExactly(new float[] {3.5f, 7}, within(1e-5f));
    assertThatThrownBy(() -> survey.channelMeans("stage1"))
        .hasMessage("the tap 'stage1' was not surveyed; these were: [map, vector]");
  }

  /** As workers do whose machines round in other ways. */
  @Test
  void workers_whose_teachers_differ_get_the_same_numbers_nevertheless() throws Exception {
    // Normalised to the pixels, and to the pixels minus one.
    List<Teacher> teachers =
        Stream.of(0.0, 1 / 255.0)
            .<Teacher>map(
                mean ->
                    NetworkTeacher.untrained(
                        PIXELS,
                        new Normalization(List.of(mean), List.of(1 / 255.0)),
                        new Numbered().shape(),
                        1))
            .toList();

    List<CalibrationPass> surveys =
        ThreadReplicas.each(2, replicas -> survey(teachers.get(replicas.rank()), replicas));

    for (CalibrationPass each : surveys) {
      assertThat(each.labels()).hasSize(120).startsWith(0, 1, 0, 1);
      assertThat(each.channelMeans("map")).hasDimensions(120, 1);
      // The first batch of a hundred is the first worker's, the second one the other's.
      assertThat(each.channelMeans("map")[99][0]).isCloseTo(99.5f, within(1e-4f));
      assertThat(each.channelMeans("map")[100][0]).isCloseTo(99.5f, within(1e-4f));
      assertThat(each.channelMeans("vector")[117])
          .containsExactly(new float[] {116.5f, 233}, within(1e-3f));
    }
    assertThat(surveys.get(0).channelMeans("map"))
        .isDeepEqualTo(surveys.get(1).channelMeans("map"));
    assertThat(surveys.get(0).channelMeans("vector"))
        .isDeepEqualTo(surveys.get(1).channelMeans("vector"));
  }

  /**
   * Picture i has i - 9.25 and i - 8.25. Below zero are ten of the former, together -47.5, and nine
   * of the latter, together -38.25; the vector has i - 8.75, nine times, together -42.75. The
   * second batch has none.
   */
  @Test
  void gives_the_mean_of_the_negative_activations_over_all_pictures() throws Exception {
    Normalization shifted = new Normalization(List.of(9.25 / 255), List.of(1 / 255.0));
    Teacher teacher = NetworkTeacher.untrained(PIXELS, shifted, new Numbered().shape(), 1);

    List<CalibrationPass> surveys = ThreadReplicas.each(2, replicas -> survey(teacher, replicas));

    for (CalibrationPass each : surveys) {
      assertThat(each.negativeMeans("map"))
          .containsExactly(new float[] {-85.75f / 19}, within(1e-4f));
      assertThat(each.negativeMeans("vector"))
          .containsExactly(new float[] {-4.75f, -9.5f}, within(1e-4f));
    }
    assertThatThrownBy(() -> surveys.get(0).negativeMeans("stage1"))
        .hasMessage("the tap 'stage1' was not surveyed; these were: [map, vector]");
  }

  @Test
  void a_channel_without_negative_activations_has_the_negative_mean_zero() {
    assertThat(survey(teacher(), Replicas.one()).negativeMeans("map")).containsExactly(0);
  }
}
