package org.kt4j.detection.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.graph.ImageGraph;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.StdArrays;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

class RoiAlignTest {

  /** Values of order one, read at places that are rounded at 6e-8 of some ten cells. */
  private static final float ROUNDING = 1e-5f;

  private final GraphRun run = new GraphRun();
  private final Ops tf = run.tf();

  @AfterEach
  void close() {
    run.close();
  }

  private float[] aligned(float[][][][] map, int stride, float[][][] regions, int size) {
    return run.floats(RoiAlign.of(tf, tf.constant(map), stride, tf.constant(regions), size));
  }

  /**
   * A bilinear sample of a map that is a linear function of the position is the function's value
   * there, for it lies on the plane through its four neighbours. The four samples of a bin lie
   * around its centre, so their mean is the function's value at the centre.
   */
  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void of_a_linear_map_it_is_the_value_at_the_centres_of_the_bins(int stride) {
    float[][][][] map = new float[1][6][7][2];
    for (int row = 0; row < 6; row++) {
      for (int column = 0; column < 7; column++) {
        // A cell's value stands at its centre.
        double y = (row + 0.5) * stride;
        double x = (column + 0.5) * stride;
        map[0][row][column] = linear(y / stride, x / stride);
      }
    }
    float s = stride;
    // Within the outermost centres.
    float[][][] regions = {
      {{0.5f * s, 0.5f * s, 5.5f * s, 6.5f * s}, {s, 1.3f * s, 2.7f * s, 5 * s}}
    };

    float[] bins = aligned(map, stride, regions, 3);

    int at = 0;
    for (float[] region : regions[0]) {
      for (int row = 0; row < 3; row++) {
        for (int column = 0; column < 3; column++) {
          double y = region[0] + (row + 0.5) / 3 * (region[2] - region[0]);
          double x = region[1] + (column + 0.5) / 3 * (region[3] - region[1]);
          float[] expected = linear(y / stride, x / stride);
          assertThat(bins[at++]).isCloseTo(expected[0], within(ROUNDING));
          assertThat(bins[at++]).isCloseTo(expected[1], within(ROUNDING));
        }
      }
    }
    assertThat(at).isEqualTo(bins.length);
  }

  private static float[] linear(double y, double x) {
    return new float[] {(float) (0.3 * y - 0.2 * x + 1), (float) (0.1 * x)};
  }

  @Test
  void beyond_the_outermost_centres_the_map_goes_on_with_its_border() {
    float[][][][] map = {{{{1}, {2}, {3}}, {{4}, {5}, {6}}, {{7}, {8}, {9}}}};
    // Half a cell in each corner: nothing of it lies inside the centres.
    float[][][] corners = {
      {{0, 0, 8, 8}, {0, 40, 8, 48}, {40, 0, 48, 8}, {40, 40, 48, 48}, {0, 16, 8, 32}}
    };

    float[] bins = aligned(map, 16, corners, 1);

    // The last is the middle cell of the upper border: 1.75 and 2.25, of 1, 2 and 3.
    assertThat(bins).containsExactly(new float[] {1, 3, 7, 9, 2}, within(ROUNDING));
  }

  @Test
  void the_four_samples_of_a_bin_are_interpolated_and_averaged() {
    // A kink at the middle column, so that samples differ from the value at the centre.
    float[][][][] map = {{{{0}, {0}, {8}}, {{0}, {0}, {8}}, {{4}, {4}, {12}}}};
    // Samples at a quarter and three quarters of 4 to 20: 8 and 16 pixels, 0.5 and 1.5 cells.
    float[][][] regions = {{{4, 4, 20, 20}}};

    float[] bins = aligned(map, 8, regions, 1);

    // Row 0.5: 0 and 4. Row 1.5, half of 4 more: 2 and 6. Their mean is 3; at the centre is 0.
    assertThat(bins).containsExactly(new float[] {3}, within(ROUNDING));
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 16})
  void it_agrees_with_the_papers_definition_written_out(int stride) {
    Random random = new Random(stride);
    int rows = 5;
    int columns = 7;
    int channels = 3;
    int size = 4;
    float[][][][] map = new float[3][rows][columns][channels];
    float[][][] regions = new float[3][6][];
    for (int b = 0; b < 3; b++) {
      for (float[][] row : map[b]) {
        for (float[] cell : row) {
          for (int c = 0; c < channels; c++) {
            cell[c] = (float) random.nextGaussian();
          }
        }
      }
      for (int r = 0; r < 6; r++) {
        float y = random.nextFloat() * rows * stride;
        float x = random.nextFloat() * columns * stride;
        regions[b][r] =
            new float[] {
              y,
              x,
              y + random.nextFloat() * (rows * stride - y),
              x + random.nextFloat() * (columns * stride - x)
            };
      }
      regions[b][0] = new float[] {0, 0, rows * stride, columns * stride};
    }

    float[] bins = aligned(map, stride, regions, size);

    int at = 0;
    for (int b = 0; b < 3; b++) {
      for (float[] region : regions[b]) {
        for (int i = 0; i < size; i++) {
          for (int j = 0; j < size; j++) {
            for (int c = 0; c < channels; c++) {
              assertThat(bins[at++])
                  .isCloseTo((float) bin(map[b], c, stride, region, i, j, size), within(ROUNDING));
            }
          }
        }
      }
    }
    assertThat(at).isEqualTo(bins.length);
  }

  /** He et al., section 3: four regular samples in each bin, bilinear, no rounding anywhere. */
  private static double bin(
      float[][][] map, int channel, int stride, float[] region, int i, int j, int size) {
    double height = (region[2] - region[0]) / size;
    double width = (region[3] - region[1]) / size;
    double sum = 0;
    for (double down : new double[] {0.25, 0.75}) {
      for (double right : new double[] {0.25, 0.75}) {
        double y = region[0] + (i + down) * height;
        double x = region[1] + (j + right) * width;
        sum += bilinear(map, channel, y / stride - 0.5, x / stride - 0.5);
      }
    }
    return sum / 4;
  }

  private static double bilinear(float[][][] map, int channel, double y, double x) {
    double row = Math.max(0, Math.min(map.length - 1, y));
    double column = Math.max(0, Math.min(map[0].length - 1, x));
    double sum = 0;
    for (int r = 0; r < map.length; r++) {
      for (int c = 0; c < map[0].length; c++) {
        double share = Math.max(0, 1 - Math.abs(row - r)) * Math.max(0, 1 - Math.abs(column - c));
        sum += share * map[r][c][channel];
      }
    }
    return sum;
  }

  /**
   * The output is linear in the map, so a difference quotient of any step is the derivative; a step
   * of one leaves only rounding.
   */
  @Test
  void its_gradient_reaches_the_map() {
    Random random = new Random(1);
    Placeholder<TFloat32> map =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3, 4, 2)));
    // Interior, border and corner; the pictures' regions differ.
    float[][][] regions = {{{3, 5, 20, 29}, {0, 0, 24, 32}}, {{16, 0, 24, 7}, {10, 10, 11, 11}}};
    float[][][][] weights = new float[4][2][2][2];
    for (float[][][] region : weights) {
      for (float[][] row : region) {
        for (float[] bin : row) {
          bin[0] = (float) random.nextGaussian();
          bin[1] = (float) random.nextGaussian();
        }
      }
    }
    Operand<TFloat32> sum =
        tf.reduceSum(
            tf.math.mul(RoiAlign.of(tf, map, 8, tf.constant(regions), 2), tf.constant(weights)),
            tf.array(0, 1, 2, 3));
    Output<?>[] gradients =
        run.graph().addGradients(sum.asOutput(), new Output<?>[] {map.asOutput()});
    float[][][][] values = new float[2][3][4][2];

    float[] gradient = fed(map, values, gradients[0].expect(TFloat32.class));

    float before = fed(map, values, sum)[0];
    int at = 0;
    float largest = 0;
    for (float[][][] picture : values) {
      for (float[][] row : picture) {
        for (float[] cell : row) {
          for (int c = 0; c < 2; c++) {
            cell[c] += 1;
            float slope = fed(map, values, sum)[0] - before;
            cell[c] -= 1;
            assertThat(gradient[at++]).isCloseTo(slope, within(ROUNDING));
            largest = Math.max(largest, Math.abs(slope));
          }
        }
      }
    }
    assertThat(largest).isGreaterThan(0.1f);
  }

  private float[] fed(Operand<TFloat32> place, float[][][][] values, Operand<TFloat32> wanted) {
    try (TFloat32 tensor = TFloat32.tensorOf(StdArrays.ndCopyOf(values));
        Result result = run.session().runner().feed(place, tensor).fetch(wanted).run()) {
      return ImageGraph.floats((TFloat32) result.get(0));
    }
  }
}
