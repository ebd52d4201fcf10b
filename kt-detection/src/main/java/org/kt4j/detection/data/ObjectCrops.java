package org.kt4j.detection.data;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.HeapRoom;
import org.kt4j.data.ImageShape;
import org.kt4j.data.MemoryImages;
import org.kt4j.data.Picture;

/**
 * What a classifier sees of pictures with boxes: every object that is not difficult, cut out and
 * resized, in the order of the pictures. An object is cut out as a square around the middle of its
 * box, with {@value #CONTEXT} times the longer side; beyond the picture's border, the outermost
 * pixels go on.
 */
final class ObjectCrops {

  /** The side of what is cut out, as a multiple of the box's longer side. */
  private static final double CONTEXT = 1.2;

  private ObjectCrops() {}

  /** The check of the option {@code cropSize}. */
  static void requireSize(int cropSize) {
    if (cropSize < 8 || cropSize > 1_024) {
      throw new InvalidOptionException("cropSize", cropSize, "8 to 1024 pixels");
    }
  }

  /**
   * Cuts out the objects of all three splits.
   *
   * @param name of the data set, for messages
   * @param splits with the pictures
   * @param size height and width of every image
   * @throws DataException when a picture cannot be read, there is no object to learn from, or the
   *     images do not fit on the heap
   */
  static DataSplits of(String name, DetectionSplits splits, int size) {
    List<DetectionDataset> parts = List.of(splits.train(), splits.heldOut(), splits.test());
    ImageShape shape = new ImageShape(size, size, 3);
    long objects = parts.stream().mapToLong(part -> objects(part).size()).sum();
    HeapRoom.require(name, objects, shape, "a smaller crop-size");
    List<MemoryImages> cut = parts.stream().map(part -> cut(part, shape)).toList();
    if (cut.get(0).size() == 0) {
      throw new DataException(
          name
              + ": the "
              + splits.train().size()
              + " training pictures hold no object to cut out; expected: at least one that is not"
              + " difficult; fix: another training set");
    }
    LearnableClasses.warnOfOthers(splits);
    return new DataSplits(cut.get(0), cut.get(1), cut.get(2));
  }

  /** The objects that are cut out, in the order of the pictures. */
  static List<LabelledBox> objects(DetectionDataset part) {
    return IntStream.range(0, part.size())
        .mapToObj(picture -> wanted(part, picture))
        .flatMap(List::stream)
        .toList();
  }

  /** The side of the square that is cut out, in pixels. */
  static int side(Box box) {
    return (int) Math.max(1, Math.round(CONTEXT * Math.max(box.width(), box.height())));
  }

  private static MemoryImages cut(DetectionDataset part, ImageShape shape) {
    List<Crop> crops =
        IntStream.range(0, part.size())
            .parallel()
            .boxed()
            .flatMap(
                picture -> {
                  List<LabelledBox> objects = wanted(part, picture);
                  if (objects.isEmpty()) {
                    return Stream.of();
                  }
                  Picture pixels = part.pixels(picture);
                  return objects.stream()
                      .map(
                          object ->
                              new Crop(
                                  square(pixels, object.box())
                                      .resized(shape.height(), shape.width()),
                                  object.label()));
                })
            .toList();
    return new MemoryImages(
        part.name(),
        shape,
        part.classes(),
        crops.stream().map(Crop::image).toArray(byte[][]::new),
        crops.stream().mapToInt(Crop::label).toArray());
  }

  private static List<LabelledBox> wanted(DetectionDataset part, int picture) {
    return part.objects(picture).stream().filter(object -> !object.difficult()).toList();
  }

  /** The square around a box, in whole pixels. */
  static Picture square(Picture pixels, Box box) {
    int side = side(box);
    int left = (int) Math.round((box.xMin() + box.xMax() - side) / 2);
    int top = (int) Math.round((box.yMin() + box.yMax() - side) / 2);
    byte[] values = new byte[side * side * 3];
    for (int y = 0; y < side; y++) {
      int fromY = Math.max(0, Math.min(pixels.height() - 1, top + y));
      for (int x = 0; x < side; x++) {
        int fromX = Math.max(0, Math.min(pixels.width() - 1, left + x));
        System.arraycopy(
            pixels.pixels(), (fromY * pixels.width() + fromX) * 3, values, (y * side + x) * 3, 3);
      }
    }
    return new Picture(side, side, values);
  }

  /** An image and its class. */
  @SuppressWarnings("ArrayRecordComponent") // passed on once, never compared
  private record Crop(byte[] image, int label) {}
}
