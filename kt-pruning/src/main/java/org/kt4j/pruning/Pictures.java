package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.kt4j.data.ImageDataset;

/** Training pictures that a network is looked at with, the same for one seed. */
final class Pictures {

  private final ImageDataset pictures;
  private final int[] indices;

  /**
   * Some pictures of a data set.
   *
   * @param wanted how many; all where there are fewer
   */
  Pictures(ImageDataset all, int wanted, long seed) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, all.size()).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    indices =
        order.subList(0, Math.min(wanted, all.size())).stream().sorted().mapToInt(i -> i).toArray();
    pictures = all;
  }

  /**
   * Some of them.
   *
   * @param first the place of the first among them
   * @param size how many
   * @param keys of each, a hash of its pixels: what is drawn for a picture does not depend on where
   *     it stands
   * @param pixels of all, row-major
   * @param labels of each
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Part(int first, int size, long[] keys, byte[] pixels, int[] labels) {}

  int size() {
    return indices.length;
  }

  /** All in order, a few at a time. */
  List<int[]> parts(int most) {
    List<int[]> parts = new ArrayList<>();
    for (int first = 0; first < indices.length; first += most) {
      parts.add(new int[] {first, Math.min(most, indices.length - first)});
    }
    return parts;
  }

  Part part(int first, int size) {
    int bytes = pictures.shape().bytes();
    byte[] pixels = new byte[size * bytes];
    int[] labels = new int[size];
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      int index = indices[first + i];
      labels[i] = pictures.label(index);
      pictures.copyImage(index, pixels, i * bytes);
      CRC32C sum = new CRC32C();
      sum.update(pixels, i * bytes, bytes);
      keys[i] = sum.getValue();
    }
    return new Part(first, size, keys, pixels, labels);
  }
}
