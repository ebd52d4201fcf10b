package com.example.application;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.ArrayDataset;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.Loader;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.DjlDataset;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.Normalization;
import org.tensorflow.internal.c_api.global.tensorflow;

/** Pictures of stripes, as data sets of DJL: {@code data: {name: stripes, train: 128}}. */
public final class StripesProvider implements DatasetProvider<StripesOptions> {

  static final List<String> CLASSES = List.of("level", "upright");
  static final int SIZE = 16;

  private static final int CHANNELS = 3;
  private static final int OTHERS = 64;

  @Override
  public String name() {
    return "stripes";
  }

  @Override
  public String summary() {
    return "level and upright stripes";
  }

  @Override
  public StripesOptions defaults() {
    return new StripesOptions(128);
  }

  @Override
  public DataSplits open(StripesOptions options) {
    // DJL takes the TensorFlow that kt4j brings.
    System.setProperty("TENSORFLOW_LIBRARY_PATH", Loader.load(tensorflow.class));
    try (NDManager manager = Engine.getEngine("TensorFlow").newBaseManager()) {
      return new DataSplits(
          pictures(manager, options.train(), 1),
          pictures(manager, OTHERS, 2),
          pictures(manager, OTHERS, 3));
    }
  }

  @Override
  public Normalization defaultNormalization() {
    return Normalization.none(CHANNELS);
  }

  private static ImageDataset pictures(NDManager manager, int count, long seed) {
    Random random = new Random(seed);
    ByteBuffer pixels = ByteBuffer.allocateDirect(count * SIZE * SIZE * CHANNELS);
    long[] labels = new long[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % CLASSES.size();
      pixels.put(picture((int) labels[i], random));
    }
    NDArray images =
        manager.create(pixels.rewind(), new Shape(count, SIZE, SIZE, CHANNELS), DataType.UINT8);
    ArrayDataset djl =
        new ArrayDataset.Builder()
            .setData(images)
            .optLabels(manager.create(labels))
            .setSampling(1, false)
            .build();
    return DjlDataset.of(djl, manager, CLASSES);
  }

  /** The pixels of a picture, row by row. */
  static byte[] picture(int label, Random random) {
    byte[] pixels = new byte[SIZE * SIZE * CHANNELS];
    int phase = random.nextInt(4);
    for (int i = 0; i < pixels.length; i++) {
      int row = i / (SIZE * CHANNELS);
      int column = i / CHANNELS % SIZE;
      boolean bright = ((label == 0 ? row : column) + phase) / 2 % 2 == 0;
      pixels[i] = (byte) ((bright ? 170 : 40) + random.nextInt(40));
    }
    return pixels;
  }
}
