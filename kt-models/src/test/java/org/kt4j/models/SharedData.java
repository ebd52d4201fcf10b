package org.kt4j.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.kt4j.data.Cifar10Provider;
import org.kt4j.data.CifarOptions;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;

/** The real data beside the checkout, for tests tagged {@code shared}. */
final class SharedData {

  /** Of the pictures that the teachers in the shared data were trained with. */
  public static final Normalization NORMALIZATION =
      new Normalization(List.of(.485, .456, .406), List.of(.229, .224, .225));

  private SharedData() {}

  /** A file among the teachers. */
  public static Path teacher(String name) {
    return Path.of(System.getProperty("kt.shared"), "data", "teachers", name);
  }

  /** The 10,000 test pictures in file order; fewer would be a selection, in another order. */
  public static ImageDataset cifar10Test() {
    CifarOptions options = new CifarOptions(System.getProperty("kt.cifar10"), 100, 10_000, 10);
    return new Cifar10Provider().open(options).test();
  }

  /** 2,000 training pictures. */
  static ImageDataset cifar10Train() {
    CifarOptions options = new CifarOptions(System.getProperty("kt.cifar10"), 2_000, 100, 10);
    return new Cifar10Provider().open(options).train();
  }

  /** The pixels of some pictures in a row. */
  public static byte[] pixels(ImageDataset pictures, int first, int count) {
    int bytes = pictures.shape().bytes();
    byte[] pixels = new byte[count * bytes];
    for (int i = 0; i < count; i++) {
      pictures.copyImage(first + i, pixels, i * bytes);
    }
    return pixels;
  }

  /** A version 1 .npy file of float32 in C order: the numbers are its last bytes. */
  public static float[] npy(Path file, int count) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    float[] numbers = new float[count];
    ByteBuffer.wrap(bytes, bytes.length - 4 * count, 4 * count)
        .order(ByteOrder.LITTLE_ENDIAN)
        .asFloatBuffer()
        .get(numbers);
    return numbers;
  }
}
