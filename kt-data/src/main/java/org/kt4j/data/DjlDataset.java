package org.kt4j.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.training.dataset.RandomAccessDataset;
import ai.djl.training.dataset.Record;
import ai.djl.translate.TranslateException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Any DJL data set whose records are one image and one class index, read once to the heap.
 *
 * <p>How an image is understood:
 *
 * <ul>
 *   <li><b>Axes.</b> {@code [H, W]} is grey. Of three axes, the last is the channel when it is 1 or
 *       3 and the first is not; the first is the channel when it is 1 or 3 and the last is not.
 *       Where both would do, the {@link Layout} must be given.
 *   <li><b>Values.</b> uint8 is taken as it is; int32 and int64 must lie in 0..255. float32 and
 *       float64 must lie in 0..255: when no value of the whole data set is above 1, they are on the
 *       0..1 scale and are multiplied by 255; otherwise they are bytes already. Both are rounded.
 *       Images normalised by mean and standard deviation have negative values and are refused.
 *   <li><b>Label.</b> One number, of any of these types: 0 to the number of classes minus 1.
 * </ul>
 */
public final class DjlDataset {

  /** Which axis of three is the channel. */
  public enum Layout {
    /** {@code [height, width, channels]}. */
    HWC,
    /** {@code [channels, height, width]}. */
    CHW
  }

  private DjlDataset() {}

  /**
   * Reads a data set whose layout shows in its shapes.
   *
   * @param dataset prepared by this call
   * @param manager owns the arrays while they are read
   * @param classes the class names
   * @throws DataException when a record is not as described above; the message names it
   */
  public static ImageDataset of(
      RandomAccessDataset dataset, NDManager manager, List<String> classes) {
    return new Reader(dataset, classes).read(manager, List.of(Layout.HWC, Layout.CHW));
  }

  /**
   * Reads a data set of a known layout.
   *
   * @param dataset prepared by this call
   * @param manager owns the arrays while they are read
   * @param classes the class names
   * @param layout which axis is the channel
   * @throws DataException when a record is not as described above; the message names it
   */
  public static ImageDataset of(
      RandomAccessDataset dataset, NDManager manager, List<String> classes, Layout layout) {
    return new Reader(dataset, classes).read(manager, List.of(layout));
  }

  private static final class Reader {
    private final RandomAccessDataset dataset;
    private final List<String> classes;
    private final String name;

    /** Whether every float so far could be on the 0..1 scale; until one is above 1, it is. */
    private boolean unitScale = true;

    private boolean floats;

    Reader(RandomAccessDataset dataset, List<String> classes) {
      this.dataset = dataset;
      this.classes = classes;
      this.name = dataset.getClass().getSimpleName();
    }

    ImageDataset read(NDManager manager, List<Layout> layouts) {
      try {
        dataset.prepare();
      } catch (IOException | TranslateException e) {
        throw new DataException(name + ": cannot be prepared: " + e, e);
      }
      int size = Math.toIntExact(dataset.size());
      if (size == 0) {
        throw new DataException(name + ": holds no record; allowed: at least 1");
      }
      byte[][] images = new byte[size][];
      int[] labels = new int[size];
      @Nullable ImageShape shape = null;
      Layout layout = layouts.get(0);
      for (int i = 0; i < size; i++) {
        try (NDManager own = manager.newSubManager()) {
          Record record = dataset.get(own, i);
          if (record.getData().size() != 1 || record.getLabels().size() != 1) {
            throw fault(
                i,
                record.getData().size()
                    + " data and "
                    + record.getLabels().size()
                    + " label arrays",
                "one of each");
          }
          NDArray image = record.getData().get(0);
          if (shape == null) {
            layout = layout(image.getShape(), layouts);
            shape = imageShape(i, image.getShape(), layout);
          } else if (!imageShape(i, image.getShape(), layout).equals(shape)) {
            throw fault(i, "shape " + image.getShape(), "that of the first, " + shape);
          }
          images[i] = hwc(pixels(i, image, images), shape, layout);
          labels[i] = label(i, record.getLabels().get(0));
        } catch (IOException e) {
          throw new DataException(name + ": record " + i + " cannot be read: " + e, e);
        }
      }
      return new MemoryImages(name, Objects.requireNonNull(shape), classes, images, labels);
    }

    private Layout layout(Shape shape, List<Layout> allowed) {
      if (allowed.size() == 1 || shape.dimension() != 3) {
        return allowed.get(0);
      }
      boolean last = isChannels(shape.get(2));
      boolean first = isChannels(shape.get(0));
      if (first && last) {
        throw fault(
            0, "shape " + shape, "a shape that shows its channel axis; fix: give the Layout");
      }
      return first ? Layout.CHW : Layout.HWC;
    }

    private ImageShape imageShape(int index, Shape shape, Layout layout) {
      if (shape.dimension() == 2) {
        return new ImageShape((int) shape.get(0), (int) shape.get(1), 1);
      }
      if (shape.dimension() != 3 || !isChannels(shape.get(layout == Layout.HWC ? 2 : 0))) {
        throw fault(index, "shape " + shape, "[H, W], [H, W, C] or [C, H, W] with 1 or 3 channels");
      }
      return layout == Layout.HWC
          ? new ImageShape((int) shape.get(0), (int) shape.get(1), (int) shape.get(2))
          : new ImageShape((int) shape.get(1), (int) shape.get(2), (int) shape.get(0));
    }

    private static boolean isChannels(long length) {
      return length == 1 || length == 3;
    }

    /** The values as bytes, in the array's own order. */
    private byte[] pixels(int index, NDArray image, byte[][] before) {
      double[] values = values(index, image, "image");
      boolean isFloat = image.getDataType().isFloating();
      if (index > 0 && isFloat != floats) {
        throw fault(index, "values of type " + image.getDataType(), "the type of the first record");
      }
      floats = isFloat;
      double largest = 0;
      for (double value : values) {
        if (!(value >= 0 && value <= 255)) {
          throw fault(index, "the value " + value, "0 to 255, or 0 to 1 for floats");
        }
        largest = Math.max(largest, value);
      }
      if (isFloat && unitScale && largest > 1) {
        unitScale = false;
        for (int earlier = 0; earlier < index; earlier++) { // these were all 0 or 1 after all
          for (int at = 0; at < before[earlier].length; at++) {
            before[earlier][at] = (byte) Math.round((before[earlier][at] & 0xFF) / 255.0);
          }
        }
      }
      double scale = isFloat && unitScale ? 255 : 1;
      byte[] pixels = new byte[values.length];
      for (int at = 0; at < values.length; at++) {
        pixels[at] = (byte) Math.round(values[at] * scale);
      }
      return pixels;
    }

    private int label(int index, NDArray array) {
      if (array.size() != 1) {
        throw fault(index, "a label of shape " + array.getShape(), "one number");
      }
      double label = values(index, array, "label")[0];
      if (label != Math.rint(label) || label < 0 || label >= classes.size()) {
        throw fault(index, "the label " + label, "0 to " + (classes.size() - 1));
      }
      return (int) label;
    }

    private double[] values(int index, NDArray array, String what) {
      double[] values = new double[Math.toIntExact(array.size())];
      DataType type = array.getDataType();
      switch (type) {
        case UINT8 -> {
          int[] bytes = array.toUint8Array();
          Arrays.setAll(values, i -> bytes[i]);
        }
        case INT32 -> {
          int[] numbers = array.toIntArray();
          Arrays.setAll(values, i -> numbers[i]);
        }
        case INT64 -> {
          long[] numbers = array.toLongArray();
          Arrays.setAll(values, i -> numbers[i]);
        }
        case FLOAT32 -> {
          float[] numbers = array.toFloatArray();
          Arrays.setAll(values, i -> numbers[i]);
        }
        case FLOAT64 -> System.arraycopy(array.toDoubleArray(), 0, values, 0, values.length);
        default ->
            throw fault(
                index, what + " values of type " + type, "uint8, int32, int64, float32 or float64");
      }
      return values;
    }

    /** [C, H, W] -> [H, W, C]; [H, W, C] stays. */
    private static byte[] hwc(byte[] pixels, ImageShape shape, Layout layout) {
      if (layout == Layout.HWC || shape.channels() == 1) {
        return pixels;
      }
      int plane = shape.height() * shape.width();
      byte[] image = new byte[pixels.length];
      for (int pixel = 0; pixel < plane; pixel++) {
        for (int channel = 0; channel < shape.channels(); channel++) {
          image[pixel * shape.channels() + channel] = pixels[channel * plane + pixel];
        }
      }
      return image;
    }

    private DataException fault(int index, String found, String allowed) {
      return new DataException(
          name + ": record " + index + " has " + found + "; allowed: " + allowed);
    }
  }
}
