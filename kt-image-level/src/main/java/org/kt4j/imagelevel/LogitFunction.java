package org.kt4j.imagelevel;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import org.kt4j.data.ImageDataset;

/** A function from pictures to logits. */
@FunctionalInterface
public interface LogitFunction {

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
    int batch = 250;
    int bytes = pictures.shape().bytes();
    for (int first = 0; first < pictures.size(); first += batch) {
      int size = Math.min(batch, pictures.size() - first);
      byte[] pixels = new byte[size * bytes];
      for (int i = 0; i < size; i++) {
        pictures.copyImage(first + i, pixels, i * bytes);
      }
      float[] logits = logits(pixels, size);
      int columns = logits.length / size;
      for (int i = 0; i < size; i++) {
        visitor.visit(first + i, Arrays.copyOfRange(logits, i * columns, (i + 1) * columns));
      }
    }
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
