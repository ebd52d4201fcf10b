package org.kt4j.imagelevel;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.replica.Replicas;

/** A function from pictures to logits. */
@FunctionalInterface
public interface LogitFunction {

  /** Pictures that {@link #forEach} computes at once. */
  int BATCH = 250;

  /**
   * The logits of some pictures.
   *
   * @param pixels uint8, {@code [size, H, W, C]}
   * @param size the number of pictures
   * @return {@code size} rows of as many numbers as there are classes
   */
  float[] logits(byte[] pixels, int size);

  /**
   * Whether it rounds activations to a few levels. A rounding error of a float can move one to the
   * next level, so two programs of the same network agree on the whole, and not in each number.
   */
  default boolean rounds() {
    return false;
  }

  /** Sees the logits of one picture after another. */
  @FunctionalInterface
  interface Visitor {

    /**
     * Sees the logits of a picture.
     *
     * @param index of the picture in its data set
     * @param logits {@code [K]}
     */
    void visit(int index, float[] logits);
  }

  /** Computes the logits of all pictures, in their order. */
  default void forEach(ImageDataset pictures, Visitor visitor) {
    for (int first = 0; first < pictures.size(); first += BATCH) {
      visit(first, pictures, logitsOf(pictures, first), visitor);
    }
  }

  private float[] logitsOf(ImageDataset pictures, int first) {
    return logits(pictures, first, Math.min(BATCH, pictures.size() - first));
  }

  /**
   * The logits of some pictures of a data set.
   *
   * @param first index of the first
   * @param size how many
   */
  default float[] logits(ImageDataset pictures, int first, int size) {
    return logits(pictures.pixels(first, size), size);
  }

  private static void visit(int first, ImageDataset pictures, float[] logits, Visitor visitor) {
    int size = Math.min(BATCH, pictures.size() - first);
    int columns = logits.length / size;
    for (int i = 0; i < size; i++) {
      visitor.visit(first + i, Arrays.copyOfRange(logits, i * columns, (i + 1) * columns));
    }
  }

  /**
   * The same function, of which {@link #forEach} is computed by several workers together: each
   * takes the batch of its turn, and all see all logits. All call it together.
   */
  static LogitFunction shared(LogitFunction network, Replicas replicas) {
    if (replicas.alone()) {
      return network;
    }
    return new LogitFunction() {
      @Override
      public float[] logits(byte[] pixels, int size) {
        return network.logits(pixels, size);
      }

      @Override
      public boolean rounds() {
        return network.rounds();
      }

      @Override
      public void forEach(ImageDataset pictures, Visitor visitor) {
        int[] next = {0};
        replicas.inTurns(
            (pictures.size() + BATCH - 1) / BATCH,
            batch -> bytes(network.logitsOf(pictures, batch * BATCH)),
            logits -> {
              visit(next[0], pictures, floats(logits), visitor);
              next[0] += BATCH;
            });
      }
    };
  }

  private static byte[] bytes(float[] numbers) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * numbers.length);
    bytes.asFloatBuffer().put(numbers);
    return bytes.array();
  }

  private static float[] floats(byte[] bytes) {
    float[] numbers = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(numbers);
    return numbers;
  }

  /**
   * The same function, which tells how far it has come.
   *
   * @param done receives the number of pictures that were answered
   */
  static LogitFunction counted(LogitFunction network, IntConsumer done) {
    int[] count = {0};
    return (pixels, size) -> {
      float[] logits = network.logits(pixels, size);
      count[0] += size;
      done.accept(count[0]);
      return logits;
    };
  }

  /**
   * The mean of the logits of several networks.
   *
   * @param shares of the networks, one together
   */
  static LogitFunction mean(List<? extends LogitFunction> members, List<Double> shares) {
    return (pixels, size) -> {
      double[] sum = {};
      for (int m = 0; m < members.size(); m++) {
        float[] logits = members.get(m).logits(pixels, size);
        sum = m == 0 ? new double[logits.length] : sum;
        for (int i = 0; i < logits.length; i++) {
          sum[i] += shares.get(m) * logits[i];
        }
      }
      float[] mean = new float[sum.length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = (float) sum[i];
      }
      return mean;
    };
  }
}
