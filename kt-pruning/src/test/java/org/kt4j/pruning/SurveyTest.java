package org.kt4j.pruning;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.kt4j.api.FilterCriterion.Need;
import org.kt4j.api.FilterSurvey;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.network.Network;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/** What is measured, against numbers from the activations themselves. */
class SurveyTest {

  private static final Set<Need> ALL = Set.of(Need.ATTRIBUTIONS, Need.CONTRIBUTIONS);

  private static final Network NETWORK =
      (nn, images) -> {
        var a =
            nn.tap(
                "a",
                nn.relu(nn.tap("a.bn", nn.batchNorm("bn", nn.conv("a", images, Conv.of(4, 3))))));
        var b = nn.conv("b", a, Conv.of(3, 1));
        return nn.dense("out", nn.globalAvgPool(nn.relu(b)), 5);
      };

  private final RandomPictures pictures = new RandomPictures(new ImageShape(4, 4, 3), 12);
  private final RandomNetwork network = RandomNetwork.of("own", NETWORK, pictures);

  private static FilterSurvey survey(
      RandomNetwork network, OpenNetwork open, ImageDataset looked, int most) {
    Layers.Layer layer = open.layer("a");
    RandomNetwork of = network.on(looked);
    return new Survey(of, open, List.of(layer), new Pictures(of, looked.size(), 3), ALL, 3, most)
        .of(layer);
  }

  @Test
  void neither_batch_size_nor_order_of_pictures_matters() {
    try (OpenNetwork open = OpenNetwork.of(network)) {
      FilterSurvey together = survey(network, open, pictures, 12);
      FilterSurvey alone = survey(network, open, pictures, 1);
      int[] turned = IntStream.range(0, 12).map(i -> 11 - i).toArray();
      FilterSurvey backwards = survey(network, open, pictures.subset(turned), 5);

      for (FilterSurvey other : List.of(alone, backwards)) {
        assertThat(other.attributions()).containsExactly(together.attributions(), within(1e-6));
        for (int f = 0; f < 4; f++) {
          assertThat(other.contributions()[f])
              .containsExactly(
                  together.contributions()[f], within(1e-5 * together.contributions()[f][f]));
        }
      }
    }
  }

  @Test
  void attributions_are_means_of_what_the_loss_loses_to_first_order() {
    try (OpenNetwork open = OpenNetwork.of(network)) {
      double[] found = survey(network, open, pictures, 12).attributions();

      // d/ds of the loss at s = 1, where s scales one filter's output: the sum over positions of
      // activation times gradient. Scale and offset of the normalisation scale that output.
      double[] expected = new double[4];
      double step = 1e-2;
      for (int f = 0; f < 4; f++) {
        for (int p = 0; p < 12; p++) {
          double up = loss(open, f, 1 + step, p);
          double down = loss(open, f, 1 - step, p);
          expected[f] += Math.abs((up - down) / (2 * step)) / 16 / 12;
        }
      }
      for (int f = 0; f < 4; f++) {
        assertThat(found[f]).isCloseTo(expected[f], within(0.02 * expected[f] + 1e-6));
      }
    }
  }

  private double loss(OpenNetwork open, int filter, double scale, int picture) {
    var values = open.values();
    Map<Variable, float[]> scaled = new HashMap<>();
    values.forEach(
        (variable, numbers) -> {
          if (Set.of("bn.weight", "bn.bias").contains(variable.name())) {
            float[] changed = numbers.clone();
            changed[filter] *= (float) scale;
            scaled.put(variable, changed);
          }
        });
    open.graph().assign(scaled);
    byte[] pixels = new byte[pictures.shape().bytes()];
    pictures.copyImage(picture, pixels, 0);
    float[] logits = open.graph().run(pixels, 1, ImageGraph.Feed.NOTHING, open.outputs()).get(0);
    scaled.replaceAll((variable, numbers) -> open.values(variable));
    open.graph().assign(scaled);
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return Math.log(sum) - logits[pictures.label(picture)];
  }

  @Test
  void contributions_add_up_to_what_the_next_layer_gives() {
    try (OpenNetwork open = OpenNetwork.of(network)) {
      double[][] gram = survey(network, open, pictures, 12).contributions();

      // b has a 1x1 kernel and 3 outputs, all of which are looked at: at each of the positions the
      // sum of all channels is b itself, so the sum of the matrix is the sum of b's squares there.
      double expected = squares(open, network, "b.weight", 3);
      assertThat(sum(gram)).isCloseTo(expected, within(1e-6 * expected));
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          assertThat(gram[i][j]).isEqualTo(gram[j][i]);
        }
      }
    }
  }

  @Test
  void two_layers_that_read_the_same_tensor_add_up() {
    Network branched =
        (nn, images) -> {
          var a = nn.relu(nn.conv("a", images, Conv.of(4, 3)));
          var joined =
              nn.concat(List.of(nn.conv("b", a, Conv.of(3, 1)), nn.conv("c", a, Conv.of(2, 1))));
          return nn.dense("out", nn.globalAvgPool(nn.relu(joined)), 5);
        };
    RandomNetwork both = RandomNetwork.of("own", branched, pictures);
    try (OpenNetwork open = OpenNetwork.of(both)) {
      double[][] gram = survey(both, open, pictures, 5).contributions();

      double expected = squares(open, both, "b.weight", 3) + squares(open, both, "c.weight", 2);
      assertThat(sum(gram)).isCloseTo(expected, within(1e-6 * expected));
    }
  }

  private static double sum(double[][] matrix) {
    return Arrays.stream(matrix).flatMapToDouble(Arrays::stream).sum();
  }

  /** The sum of the squares of what a layer with a 1x1 kernel gives where it is looked at. */
  private double squares(OpenNetwork open, RandomNetwork of, String weight, int outputs) {
    ChannelGraph.Mixing mixing =
        open.channels().mixing().stream()
            .filter(each -> each.weight().name().equals(weight))
            .findFirst()
            .orElseThrow();
    Operand<TFloat32> read = open.graph().graph().operation(mixing.input()).output(0);
    float[] activations =
        open.graph()
            .run(pictures.all(), 12, ImageGraph.Feed.NOTHING, List.of(read))
            .get(0); // [12, 4, 4, 4]
    float[] weights = open.values(mixing.weight()); // [1, 1, 4, outputs]
    Samples samples = Samples.of(open, mixing);
    Pictures.Part part = new Pictures(of, 12, 3).part(0, 12);
    double squares = 0;
    for (int p = 0; p < 12; p++) {
      for (float[] patch : samples.patches(activations, p, part.keys()[p], 3)) {
        for (int o = 0; o < outputs; o++) {
          double y = 0;
          for (int c = 0; c < 4; c++) {
            y += (double) patch[c] * weights[c * outputs + o];
          }
          squares += y * y;
        }
      }
    }
    return squares;
  }
}
