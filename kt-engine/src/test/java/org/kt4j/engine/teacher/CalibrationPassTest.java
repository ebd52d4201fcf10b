package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.network.Network;

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

  @Test
  void gives_the_mean_of_each_channel_over_the_positions_picture_by_picture() {
    Normalization bytes = new Normalization(List.of(0.0), List.of(1 / 255.0));
    Teacher teacher = NetworkTeacher.untrained(PIXELS, bytes, new Numbered().shape(), 1);

    CalibrationPass survey = CalibrationPass.of(teacher, new Numbered(), List.of("map", "vector"));

    assertThat(survey.labels()).hasSize(120).startsWith(0, 1, 0, 1);
    assertThat(survey.channelMeans("map")).hasDimensions(120, 1);
    assertThat(survey.channelMeans("map")[117][0]).isCloseTo(117.5f, within(1e-4f));
    assertThat(survey.channelMeans("vector")[3])
        .containsExactly(new float[] {3.5f, 7}, within(1e-5f));
    assertThatThrownBy(() -> survey.channelMeans("stage1"))
        .hasMessage("the tap 'stage1' was not surveyed; these were: [map, vector]");
  }
}
