package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.kt4j.data.DrawKey;
import org.kt4j.data.ImageShape;
import org.kt4j.detection.data.Box;
import org.kt4j.detection.data.LabelledBox;

/**
 * How a training picture is changed at random: mirrored, scaled and moved.
 *
 * <p>A point {@code x} of the picture goes to {@code factor * x + right}, after the mirroring.
 *
 * @param mirrored left to right
 * @param factor of both sides
 * @param down pixels, after the scaling
 * @param right likewise
 */
record RandomTransform(boolean mirrored, double factor, double down, double right) {

  /** Keeps the draws of fixed views apart from those of other purposes. */
  private static final long FIXED = 0x666978L;

  /** Of an object that is cut off by the border at least this share has to be left. */
  private static final double LEFT = 0.3;

  /** The picture as it is. */
  static final RandomTransform PLAIN = new RandomTransform(false, 1, 0, 0);

  /**
   * What views are drawn from.
   *
   * @param flip whether every second picture is mirrored
   * @param jitter scales lie between one less and one more than this
   * @param shift pixels that the picture is moved at most beside that, in each direction
   */
  record Range(boolean flip, double jitter, int shift) {

    /** Nothing changes. */
    static final Range NONE = new Range(false, 0, 0);
  }

  /**
   * Draws a view.
   *
   * @param range what is allowed
   * @param shape of the picture with its padding
   * @param height of what is no padding
   * @param width likewise
   */
  static RandomTransform draw(
      SplittableRandom random, Range range, ImageShape shape, double height, double width) {
    double jitter = range.jitter;
    // All draws are made whatever is switched on, so that one option does not move another's.
    boolean mirrored = DrawKey.below(random, 2) == 1 && range.flip;
    double factor = 1 + jitter * (2 * DrawKey.uniform(random) - 1);
    double down = DrawKey.uniform(random) * (shape.height() - factor * height);
    double right = DrawKey.uniform(random) * (shape.width() - factor * width);
    double further = range.shift * (2 * DrawKey.uniform(random) - 1);
    double sideways = range.shift * (2 * DrawKey.uniform(random) - 1);
    // Adding nothing may give a negative zero, which is another view to a record.
    double moved = jitter == 0 ? further : down + further;
    double aside = jitter == 0 ? sideways : right + sideways;
    return new RandomTransform(mirrored, jitter == 0 ? 1 : factor, moved + 0.0, aside + 0.0);
  }

  /**
   * One of the fixed views of a picture. It does not depend on the seed of a run: fixed views
   * belong to the data, so that several runs share what is stored of them.
   *
   * @param view from 0
   * @param picture its index
   */
  static RandomTransform ofView(
      int view, int picture, Range range, ImageShape shape, double height, double width) {
    return draw(DrawKey.random(FIXED, view, picture), range, shape, height, width);
  }

  private boolean isPlain() {
    return !mirrored && factor == 1 && down == 0 && right == 0;
  }

  /**
   * The picture in this view, by bilinear interpolation.
   *
   * @param picture uint8 {@code [H, W, 3]}
   * @param width of what is no padding; the mirror stands in its middle
   * @param fill the colour of what comes from beyond the border
   */
  void of(byte[] picture, ImageShape shape, double width, float[] fill, byte[] target, int offset) {
    if (isPlain()) {
      System.arraycopy(picture, 0, target, offset, shape.bytes());
      return;
    }
    int columns = shape.width();
    int rows = shape.height();
    int[] left = new int[columns];
    float[] share = new float[columns];
    for (int x = 0; x < columns; x++) {
      double source = (x + 0.5 - right) / factor;
      source = (mirrored ? width - source : source) - 0.5;
      left[x] = (int) Math.floor(source);
      share[x] = (float) (source - left[x]);
    }
    int at = offset;
    for (int y = 0; y < rows; y++) {
      double source = (y + 0.5 - down) / factor - 0.5;
      int top = (int) Math.floor(source);
      float low = (float) (source - top);
      for (int x = 0; x < columns; x++) {
        int first = left[x];
        if (top >= 0 && top + 1 < rows && first >= 0 && first + 1 < columns) {
          int upper = (top * columns + first) * 3;
          int lower = upper + columns * 3;
          float across = share[x];
          for (int c = 0; c < 3; c++, at++) {
            float above = mixed(picture[upper + c], picture[upper + 3 + c], across);
            float below = mixed(picture[lower + c], picture[lower + 3 + c], across);
            target[at] = (byte) (int) (above + low * (below - above) + 0.5f);
          }
        } else {
          boolean outside = beyond(top + low, rows) || beyond(first + share[x], columns);
          for (int c = 0; c < 3; c++, at++) {
            target[at] =
                outside
                    ? (byte) (int) fill[c]
                    : picture[(clamp(top, rows) * columns + clamp(first, columns)) * 3 + c];
          }
        }
      }
    }
  }

  private static float mixed(byte first, byte second, float share) {
    int a = first & 0xFF;
    return a + share * ((second & 0xFF) - a);
  }

  /** Whether a place lies beyond the border, which is half a pixel from the outermost centres. */
  private static boolean beyond(float place, int count) {
    return place < -0.5f || place > count - 0.5f;
  }

  private static int clamp(int index, int count) {
    return Math.max(0, Math.min(count - 1, index));
  }

  /**
   * The objects in this view, cut off at the border; what is mostly beyond it becomes difficult.
   *
   * @param height of what is no padding
   * @param width likewise
   */
  List<LabelledBox> of(List<LabelledBox> objects, ImageShape shape, double height, double width) {
    if (isPlain()) {
      return objects;
    }
    double bottom = Math.min(shape.height(), factor * height + down);
    double edge = Math.min(shape.width(), factor * width + right);
    List<LabelledBox> seen = new ArrayList<>();
    for (LabelledBox object : objects) {
      Box box = object.box();
      double from = mirrored ? width - box.xMax() : box.xMin();
      double to = mirrored ? width - box.xMin() : box.xMax();
      Box whole =
          new Box(
              factor * from + right,
              factor * box.yMin() + down,
              factor * to + right,
              factor * box.yMax() + down);
      Box cut =
          new Box(
              Math.max(0, whole.xMin()),
              Math.max(0, whole.yMin()),
              Math.min(edge, whole.xMax()),
              Math.min(bottom, whole.yMax()));
      if (cut.width() > 0 && cut.height() > 0) {
        boolean little = cut.area() < LEFT * whole.area();
        seen.add(new LabelledBox(cut, object.label(), object.difficult() || little));
      }
    }
    return seen;
  }
}
