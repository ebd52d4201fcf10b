package org.kt4j.data;

import java.util.List;
import java.util.stream.IntStream;

/** Data sets small enough to write down. */
final class TinyImages {

  private TinyImages() {}

  /** Grey images of 2x2 in which every byte is the image's index; labels as given. */
  static MemoryImages numbered(List<String> classes, int... labels) {
    byte[][] images =
        IntStream.range(0, labels.length)
            .mapToObj(i -> new byte[] {(byte) i, (byte) i, (byte) i, (byte) i})
            .toArray(byte[][]::new);
    return new MemoryImages("tiny", new ImageShape(2, 2, 1), classes, images, labels);
  }

  /** As above, with the labels a, b, a, b, ... */
  static MemoryImages alternating(int size) {
    return numbered(List.of("a", "b"), IntStream.range(0, size).map(i -> i % 2).toArray());
  }

  static byte[] image(ImageDataset data, int index) {
    byte[] pixels = new byte[data.shape().bytes()];
    data.copyImage(index, pixels, 0);
    return pixels;
  }

  static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
