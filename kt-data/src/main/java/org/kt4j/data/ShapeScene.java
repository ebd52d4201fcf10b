package org.kt4j.data;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A picture with several silhouettes of {@code shapes} on one cluttered ground, and where they are.
 * It is the same on every machine.
 *
 * @param height rows
 * @param width columns
 * @param pixels uint8, {@code [height, width, 3]}; not to be changed
 * @param shapes what there is to find, the hindmost first
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record ShapeScene(int height, int width, byte[] pixels, List<Shape> shapes) {

  /** The share of the smaller one of two boxes that they may have in common. */
  private static final double OVERLAP = 0.25;

  /** Freezes the list. */
  public ShapeScene {
    shapes = List.copyOf(shapes);
  }

  /**
   * Paints a scene. The longer side of a shape's box is about 0.15 to 0.6 of the picture's shorter
   * side; two boxes have at most a quarter of the smaller one in common. What is behind the shapes
   * and at the edges is made of the silhouettes that are not to be found.
   *
   * @param height rows, at least 16
   * @param width columns, at least 16
   * @param classes the silhouettes to be found; at least one, and not all that there are
   * @param count how many are painted, at least 1; with more than eight they become smaller
   * @param random what every choice is drawn from
   * @throws IllegalArgumentException when an argument is out of its range
   */
  public static ShapeScene paint(
      int height, int width, List<Silhouette> classes, int count, SplittableRandom random) {
    Silhouette[] others =
        Arrays.stream(Silhouette.values())
            .filter(silhouette -> !classes.contains(silhouette))
            .toArray(Silhouette[]::new);
    if (Math.min(height, width) < 16 || classes.isEmpty() || others.length == 0 || count < 1) {
      throw new IllegalArgumentException(
          height + "x" + width + " pixels, " + count + " silhouettes of " + classes);
    }
    List<Silhouette> silhouettes =
        IntStream.range(0, count)
            .mapToObj(i -> classes.get(DrawKey.below(random, classes.size())))
            .toList();
    return ShapePainter.scene(height, width, silhouettes, others, random);
  }

  /**
   * A silhouette in a scene and the smallest box around the pixels that it covers by more than
   * half, wherever something is in front of it. Edges lie between pixels.
   *
   * @param silhouette what it is
   * @param left the column of its first pixel
   * @param top the row of its first pixel
   * @param right one more than the column of its last pixel
   * @param bottom one more than the row of its last pixel
   */
  public record Shape(Silhouette silhouette, int left, int top, int right, int bottom) {

    /** Whether two have more than a quarter of the smaller one's box in common. */
    boolean hides(Shape other) {
      int across = Math.min(right, other.right) - Math.max(left, other.left);
      int down = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      double shared = Math.max(0, across) * (double) Math.max(0, down);
      return shared > OVERLAP * Math.min(area(), other.area());
    }

    private double area() {
      return (double) (right - left) * (bottom - top);
    }
  }
}
