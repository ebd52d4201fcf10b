package org.kt4j.pruning;

import java.util.List;
import java.util.Random;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;

/** Noise with labels. */
record RandomPictures(ImageShape shape, int size) implements ImageDataset {

  @Override
  public String name() {
    return "noise";
  }

  @Override
  public List<String> classes() {
    return List.of("a", "b", "c", "d", "e");
  }

  @Override
  public int label(int index) {
    return index % 5;
  }

  @Override
  public void copyImage(int index, byte[] target, int offset) {
    byte[] pixels = new byte[shape.bytes()];
    new Random(index).nextBytes(pixels);
    System.arraycopy(pixels, 0, target, offset, pixels.length);
  }

  byte[] all() {
    byte[] pixels = new byte[size * shape.bytes()];
    for (int i = 0; i < size; i++) {
      copyImage(i, pixels, i * shape.bytes());
    }
    return pixels;
  }
}
