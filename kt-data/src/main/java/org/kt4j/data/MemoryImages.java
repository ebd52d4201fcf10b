package org.kt4j.data;

import java.util.List;

/**
 * Images on the heap, one array each, so that picking some of them shares the pixels and lets the
 * rest be collected.
 */
public final class MemoryImages implements ImageDataset {

  private final String name;
  private final ImageShape shape;
  private final List<String> classes;
  private final byte[][] images;
  private final int[] labels;

  /**
   * Takes over the arrays: the caller must not change them afterwards.
   *
   * @param name for messages and reports
   * @param shape of every image
   * @param classes the class names
   * @param images uint8, {@code [height, width, channels]} each
   * @param labels of each image, an index into the classes
   * @throws IllegalArgumentException when there are not as many labels as images
   */
  public MemoryImages(
      String name, ImageShape shape, List<String> classes, byte[][] images, int[] labels) {
    if (images.length != labels.length) {
      throw new IllegalArgumentException(images.length + " images, " + labels.length + " labels");
    }
    this.name = name;
    this.shape = shape;
    this.classes = List.copyOf(classes);
    this.images = images;
    this.labels = labels;
  }

  /** The images at some indices under a new name. */
  MemoryImages pick(String newName, int[] indices) {
    byte[][] pickedImages = new byte[indices.length][];
    int[] pickedLabels = new int[indices.length];
    for (int i = 0; i < indices.length; i++) {
      pickedImages[i] = images[indices[i]];
      pickedLabels[i] = labels[indices[i]];
    }
    return new MemoryImages(newName, shape, classes, pickedImages, pickedLabels);
  }

  /** All of them under a new name. */
  MemoryImages named(String newName) {
    return new MemoryImages(newName, shape, classes, images, labels);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public int size() {
    return images.length;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void copyImage(int index, byte[] target, int offset) {
    System.arraycopy(images[index], 0, target, offset, shape.bytes());
  }

  @Override
  public String toString() {
    return name + ": " + images.length + " images of " + shape;
  }
}
