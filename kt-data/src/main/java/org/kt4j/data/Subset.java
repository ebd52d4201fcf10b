package org.kt4j.data;

import java.util.List;
import java.util.Objects;

/** Some images of another data set, by index. */
final class Subset implements ImageDataset {

  private final ImageDataset whole;
  private final int[] indices;

  Subset(ImageDataset whole, int[] indices) {
    this.whole = whole;
    this.indices = indices.clone();
    for (int index : indices) {
      Objects.checkIndex(index, whole.size());
    }
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public ImageShape shape() {
    return whole.shape();
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public int size() {
    return indices.length;
  }

  @Override
  public int label(int index) {
    return whole.label(indices[index]);
  }

  @Override
  public void copyImage(int index, byte[] target, int offset) {
    whole.copyImage(indices[index], target, offset);
  }
}
