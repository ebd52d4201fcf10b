package org.kt4j.engine.mask;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.Conv;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.tensorflow.Operand;
import org.tensorflow.types.TFloat32;

/**
 * Second derivatives against finite differences of the loss, which is computed here in 64-bit
 * floats: pictures of 3x3, a convolution of 3x3 to two channels, its normalisation, a ReLU, the
 * mean over positions, three classes.
 */
class CurvatureTest {

  private static final int SIDE = 3;
  private static final int FILTERS = 2;
  private static final int CLASSES = 3;
  private static final int PICTURES = 4;

  private static final double[] SCALE = {1.5, 0.7};
  private static final double[] OFFSET = {0.1, 0.3};
  private static final double[] MEAN = {0.2, -0.1};
  private static final double[] VARIANCE = {0.5, 2};

  /** Pictures of numbers without order. */
  private static final class Noise implements ImageDataset {

    @Override
    public String name() {
      return "noise";
    }

    @Override
    public ImageShape shape() {
      return new ImageShape(SIDE, SIDE, 1);
    }

    @Override
    public List<String> classes() {
      return List.of("a", "b", "c");
    }

    @Override
    public int size() {
      return PICTURES;
    }

    @Override
    public int label(int index) {
      return index % CLASSES;
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      byte[] pixels = new byte[SIDE * SIDE];
      new Random(index).nextBytes(pixels);
      System.arraycopy(pixels, 0, target, offset, pixels.length);
    }
  }

  /** The mean cross-entropy of all pictures. */
  private static double loss(double[] kernel, double[] dense) {
    Noise pictures = new Noise();
    double sum = 0;
    for (int n = 0; n < PICTURES; n++) {
      byte[] pixels = new byte[SIDE * SIDE];
      pictures.copyImage(n, pixels, 0);
      double[] pooled = new double[FILTERS];
      for (int f = 0; f < FILTERS; f++) {
        for (int y = 0; y < SIDE; y++) {
          for (int x = 0; x < SIDE; x++) {
            double at = 0;
            for (int i = 0; i < 3; i++) {
              for (int j = 0; j < 3; j++) {
                int row = y + i - 1;
                int column = x + j - 1;
                if (row >= 0 && row < SIDE && column >= 0 && column < SIDE) {
                  double pixel = (pixels[row * SIDE + column] & 0xff) / 255.0;
                  at += pixel * kernel[(i * 3 + j) * FILTERS + f];
                }
              }
            }
            double normal = SCALE[f] * (at - MEAN[f]) / Math.sqrt(VARIANCE[f] + 1e-5) + OFFSET[f];
            pooled[f] += Math.max(normal, 0) / (SIDE * SIDE);
          }
        }
      }
      double[] logits = new double[CLASSES];
      double all = 0;
      for (int c = 0; c < CLASSES; c++) {
        for (int f = 0; f < FILTERS; f++) {
          logits[c] += pooled[f] * dense[f * CLASSES + c];
        }
        all += Math.exp(logits[c]);
      }
      sum += Math.log(all) - logits[pictures.label(n)];
    }
    return sum / PICTURES;
  }

  private static double[] numbers(Random random, int count) {
    return random.doubles(count, -1, 1).map(x -> (float) x).toArray();
  }

  private static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /** {@code (f(w + d) - 2 f(w) + f(w - d)) / d^2} for each weight. */
  private static double[] differences(double[] weights, DoubleSupplier loss) {
    double d = 1e-3;
    double[] second = new double[weights.length];
    for (int k = 0; k < second.length; k++) {
      double kept = weights[k];
      double middle = loss.getAsDouble();
      weights[k] = kept + d;
      double above = loss.getAsDouble();
      weights[k] = kept - d;
      double below = loss.getAsDouble();
      weights[k] = kept;
      second[k] = (above - 2 * middle + below) / (d * d);
    }
    return second;
  }

  @Test
  void second_derivatives_are_those_of_the_loss_by_each_weight() {
    double[] kernel = numbers(new Random(5), 9 * FILTERS);
    double[] dense = numbers(new Random(6), FILTERS * CLASSES);
    Noise pictures = new Noise();
    List<double[]> measured;
    try (ImageGraph graph = new ImageGraph(pictures.shape())) {
      Variables variables = new Variables(graph.tf(), "student", 0);
      Layers nn = Layers.evaluation(graph.tf().withSubScope("network"), variables);
      Operand<TFloat32> input =
          graph.normalised(graph.tf(), new Normalization(List.of(0.0), List.of(1.0)));
      Operand<TFloat32> map =
          nn.relu(nn.batchNorm("bn", nn.conv("conv", input, new Conv(FILTERS, 3, 1, 1, false))));
      Operand<TFloat32> logits = nn.dense("fc", nn.globalAvgPool(map), CLASSES);
      graph.initialize(variables.all());
      Map<String, float[]> values =
          Map.of(
              "conv.weight", floats(kernel),
              "fc.weight", floats(dense),
              "bn.weight", floats(SCALE),
              "bn.bias", floats(OFFSET),
              "bn.running_mean", floats(MEAN),
              "bn.running_var", floats(VARIANCE));
      for (Variable variable : variables.all()) {
        float[] given = values.get(variable.name());
        if (given != null) {
          graph.assign(Map.of(variable, given));
        }
      }
      Curvature curvature = new Curvature(graph, logits, pictures, 1);

      measured =
          curvature.of(
              variables.all().stream().filter(variable -> variable.kind().weight()).toList(), 100);
    }

    assertThat(Arrays.stream(measured.get(0)).max().orElseThrow()).isGreaterThan(0.01);
    assertThat(Arrays.stream(measured.get(1)).max().orElseThrow()).isGreaterThan(0.01);
    // The differences are off by d^2 / 12 of the fourth derivative, below 1e-6; the network
    // computes
    // in 32 bits.
    assertThat(measured.get(0))
        .containsExactly(differences(kernel, () -> loss(kernel, dense)), within(1e-5));
    assertThat(measured.get(1))
        .containsExactly(differences(dense, () -> loss(kernel, dense)), within(1e-5));
  }

  @Test
  void a_weight_at_even_odds_has_the_curvature_of_the_example() {
    ImageDataset one =
        new ImageDataset() {
          @Override
          public String name() {
            return "one";
          }

          @Override
          public ImageShape shape() {
            return new ImageShape(1, 1, 1);
          }

          @Override
          public List<String> classes() {
            return List.of("a", "b");
          }

          @Override
          public int size() {
            return 1;
          }

          @Override
          public int label(int index) {
            return 0;
          }

          @Override
          public void copyImage(int index, byte[] target, int offset) {
            target[offset] = (byte) 255;
          }
        };
    try (ImageGraph graph = new ImageGraph(one.shape())) {
      Variables variables = new Variables(graph.tf(), "student", 0);
      Layers nn = Layers.evaluation(graph.tf().withSubScope("network"), variables);
      // 255 / 255 / 0.5 is 2.
      Operand<TFloat32> input =
          graph.normalised(graph.tf(), new Normalization(List.of(0.0), List.of(0.5)));
      Operand<TFloat32> logits = nn.dense("fc", nn.globalAvgPool(input), 2);
      graph.initialize(variables.all());
      Variable weight = variables.all().iterator().next();
      graph.assign(Map.of(weight, new float[2]));

      double[] second = new Curvature(graph, logits, one, 1).of(List.of(weight), 1).get(0);

      assertThat(second).containsExactly(new double[] {1, 1}, within(1e-6));
    }
  }
}
