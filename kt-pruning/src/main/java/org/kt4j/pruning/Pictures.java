package org.kt4j.pruning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.task.PrunableNetwork;

/** Training pictures that a network is looked at with, the same for one seed. */
final class Pictures {

  private final PrunableNetwork of;
  private final ImageDataset pictures;
  private final int[] indices;

  /**
   * Some of the training pictures of a network.
   *
   * @param wanted how many; all where there are fewer
   */
  Pictures(PrunableNetwork of, int wanted, long seed) {
    this.of = of;
    pictures = of.training();
    List<Integer> order = new ArrayList<>(IntStream.range(0, pictures.size()).boxed().toList());
    Collections.shuffle(order, new Random(seed));
    indices =
        order.subList(0, Math.min(wanted, pictures.size())).stream()
            .sorted()
            .mapToInt(i -> i)
            .toArray();
  }

  /**
   * Some of them.
   *
   * @param first the place of the first among them
   * @param size how many
   * @param keys of each, a hash of its pixels: what is drawn for a picture does not depend on where
   *     it stands
   * @param pixels of all, row-major
   * @param beside what else a graph is fed with
   */
  @SuppressWarnings("ArrayRecordComponent") // passed on, never compared
  record Part(int first, int size, long[] keys, byte[] pixels, ImageGraph.Feed beside) {}

  int size() {
    return indices.length;
  }

  /** All in order, a few at a time, and no more than the network takes together. */
  List<int[]> parts(int most) {
    int together = Math.min(most, of.together());
    List<int[]> parts = new ArrayList<>();
    for (int first = 0; first < indices.length; first += together) {
      parts.add(new int[] {first, Math.min(together, indices.length - first)});
    }
    return parts;
  }

  Part part(int first, int size) {
    int bytes = pictures.shape().bytes();
    byte[] pixels = new byte[size * bytes];
    long[] keys = new long[size];
    for (int i = 0; i < size; i++) {
      int index = indices[first + i];
      pictures.copyImage(index, pixels, i * bytes);
      CRC32C sum = new CRC32C();
      sum.update(pixels, i * bytes, bytes);
      keys[i] = sum.getValue();
    }
    int[] places = Arrays.copyOfRange(indices, first, first + size);
    return new Part(first, size, keys, pixels, of.feed(places));
  }
}
