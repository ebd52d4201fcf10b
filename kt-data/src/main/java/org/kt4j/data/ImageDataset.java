package org.kt4j.data;

import java.util.List;

/**
 * Labelled images of one shape, each addressed by its index. Immutable and safe for use by many
 * threads.
 */
public interface ImageDataset {

  /** The name for messages and reports, such as {@code cifar-10 train}. */
  String name();

  /** The shape of every image. */
  ImageShape shape();

  /** The class names; a label is an index into this list. */
  List<String> classes();

  /** How many images there are; 0 is allowed. */
  int size();

  /**
   * The class of an image.
   *
   * @param index 0 to {@code size() - 1}
   * @return 0 to {@code classes().size() - 1}
   */
  int label(int index);

  /**
   * Copies the pixels of an image: uint8, {@code [height, width, channels]}, row by row.
   *
   * @param index 0 to {@code size() - 1}
   * @param target receives {@code shape().bytes()} bytes
   * @param offset where in the target the first byte goes
   */
  void copyImage(int index, byte[] target, int offset);

  /**
   * The pixels of neighbouring images: uint8, {@code [count, height, width, channels]}.
   *
   * @param first index of the first
   * @param count how many
   */
  default byte[] pixels(int first, int count) {
    int bytes = shape().bytes();
    byte[] pixels = new byte[Math.multiplyExact(count, bytes)];
    for (int i = 0; i < count; i++) {
      copyImage(first + i, pixels, i * bytes);
    }
    return pixels;
  }

  /**
   * The images at some indices, in the order given; a view.
   *
   * @param indices indices into this data set; they may repeat
   */
  default ImageDataset subset(int... indices) {
    return new Subset(this, indices);
  }

  /** How many images each class has; entry {@code k} belongs to {@code classes().get(k)}. */
  default int[] classCounts() {
    int[] counts = new int[classes().size()];
    for (int index = 0; index < size(); index++) {
      counts[label(index)]++;
    }
    return counts;
  }
}
