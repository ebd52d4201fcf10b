package org.kt4j.pruning;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.kt4j.engine.graph.TensorName;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.NodeDef;

/**
 * What one layer reads at some of its output positions, of some of the regions where it looks at
 * regions. Which these are is a function of seed, layer and picture alone.
 */
final class Samples {

  /** Positions of each picture. */
  static final int POSITIONS = 10;

  /** What outputs times channels of one position may be, for contributions. */
  private static final int WORK = 2048;

  private final String operation;
  private final String input;
  private final float[] weights;
  private final int kernel;
  private final int channels;
  private final int outputs;
  private final int repeat;
  private final boolean dense;
  private final int rows;
  private final int height;
  private final int width;
  private final int stride;
  private final int padding;

  private Samples(OpenNetwork network, ChannelGraph.Mixing mixing) {
    operation = mixing.operation();
    input = mixing.input();
    weights = network.values(mixing.weight());
    Shape shape = mixing.weight().shape();
    dense = mixing.made() == null;
    rows = network.rows(operation);
    repeat = mixing.read().repeat();
    Shape read = shape(network, input);
    if (dense) {
      kernel = 1;
      channels = mixing.read().numbers().size();
      outputs = Math.toIntExact(shape.get(1));
      height = 1;
      width = 1;
      stride = 1;
      padding = 0;
    } else {
      NodeDef node = network.channels().node(operation);
      kernel = Math.toIntExact(shape.get(0));
      channels = Math.toIntExact(shape.get(2));
      outputs = Math.toIntExact(shape.get(3));
      height = Math.toIntExact(read.get(1));
      width = Math.toIntExact(read.get(2));
      List<Long> strides = node.getAttrOrThrow("strides").getList().getIList();
      stride = Math.toIntExact(strides.get(1));
      String padded = node.getAttrOrThrow("padding").getS().toStringUtf8();
      padding = padded.equals("SAME") ? (kernel - 1) / 2 : 0;
    }
  }

  /** The samples of a layer. */
  static Samples of(OpenNetwork network, ChannelGraph.Mixing mixing) {
    return new Samples(network, mixing);
  }

  private static Shape shape(OpenNetwork network, String tensor) {
    return network
        .graph()
        .graph()
        .operation(TensorName.parse(tensor).operation())
        .output(0)
        .shape();
  }

  /** The tensor that the layer reads. */
  String input() {
    return input;
  }

  /** How many numbers the layer reads at one position. */
  int patch() {
    return kernel * kernel * channels * repeat;
  }

  /** The number of positions of one picture; the only one of a dense layer on whole pictures. */
  int positions() {
    return dense && rows == 1 ? 1 : POSITIONS;
  }

  private int outputRows() {
    return (height + 2 * padding - kernel) / stride + 1;
  }

  private int outputColumns() {
    return (width + 2 * padding - kernel) / stride + 1;
  }

  /** The place in a batch of a picture, or of one of its regions. */
  private int row(int place, SplittableRandom random) {
    return rows == 1 ? place : place * rows + random.nextInt(rows);
  }

  private SplittableRandom random(long picture, long seed) {
    return new SplittableRandom(
        31 * (31 * seed + operation.hashCode()) + 0x9E3779B97F4A7C15L * (picture + 1));
  }

  /**
   * What the layer reads at the chosen positions of one picture.
   *
   * @param read what it reads of a batch
   * @param place of the picture in the batch
   * @param picture its key
   * @return of each position {@code kernel, kernel, channel} (as the weights' first axes), or
   *     {@code channel, repeat} of a dense layer
   */
  float[][] patches(float[] read, int place, long picture, long seed) {
    SplittableRandom random = random(picture, seed);
    float[][] patches = new float[positions()][patch()];
    for (float[] patch : patches) {
      int row = row(place, random);
      if (dense) {
        System.arraycopy(read, row * patch.length, patch, 0, patch.length);
      } else {
        cut(read, row * height * width * channels, random, patch);
      }
    }
    return patches;
  }

  private void cut(float[] read, int base, SplittableRandom random, float[] patch) {
    int top = random.nextInt(outputRows()) * stride - padding;
    int left = random.nextInt(outputColumns()) * stride - padding;
    int at = 0;
    for (int u = 0; u < kernel; u++) {
      for (int v = 0; v < kernel; v++, at += channels) {
        int row = top + u;
        int column = left + v;
        if (row >= 0 && row < height && column >= 0 && column < width) {
          System.arraycopy(read, base + (row * width + column) * channels, patch, at, channels);
        }
      }
    }
  }

  /**
   * What each channel adds to some outputs of the layer.
   *
   * @param read what the layer reads of a batch
   * @param pictures the key of each picture of the batch
   * @param visitor receives of each position {@code [outputs][channels]}
   */
  void contributions(float[] read, long[] pictures, long seed, Consumer<double[][]> visitor) {
    int some = Math.min(outputs, Math.max(4, Math.min(32, WORK / channels)));
    for (int place = 0; place < pictures.length; place++) {
      float[][] patches = patches(read, place, pictures[place], seed);
      SplittableRandom random = random(pictures[place], ~seed);
      for (float[] patch : patches) {
        double[][] z = new double[some][channels];
        for (int o = 0; o < some; o++) {
          add(patch, some == outputs ? o : random.nextInt(outputs), z[o]);
        }
        visitor.accept(z);
      }
    }
  }

  private void add(float[] patch, int output, double[] into) {
    for (int i = 0; i < patch.length; i++) {
      int channel = dense ? i / repeat : i % channels;
      into[channel] += (double) patch[i] * weights[i * outputs + output];
    }
  }

  int outputs() {
    return outputs;
  }

  /** What the layer gives for a patch, before its bias, with weights that it may have had. */
  static double[] product(float[] patch, float[] weights, int outputs) {
    double[] y = new double[outputs];
    for (int i = 0; i < patch.length; i++) {
      float x = patch[i];
      if (x != 0) {
        for (int o = 0; o < outputs; o++) {
          y[o] += (double) x * weights[i * outputs + o];
        }
      }
    }
    return y;
  }

  float[] weights() {
    return weights;
  }
}
