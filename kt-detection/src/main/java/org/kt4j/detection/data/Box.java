package org.kt4j.detection.data;

/**
 * A rectangle in a picture, in pixels from its upper left corner. Edges lie between pixels: the
 * whole of a picture is {@code (0, 0, width, height)}. A box of PASCAL VOC, which counts pixels
 * from 1 and includes the last, becomes {@code (xmin - 1, ymin - 1, xmax, ymax)}.
 *
 * @param xMin left edge
 * @param yMin upper edge
 * @param xMax right edge
 * @param yMax lower edge
 */
public record Box(double xMin, double yMin, double xMax, double yMax) {

  /** From left to right. */
  public double width() {
    return xMax - xMin;
  }

  /** From top to bottom. */
  public double height() {
    return yMax - yMin;
  }

  /** In square pixels; 0 where an edge is on the wrong side of its opposite. */
  public double area() {
    return Math.max(0, width()) * Math.max(0, height());
  }

  /** Area of the intersection over that of the union; 0 where both are empty. */
  public double iou(Box other) {
    double width = Math.min(xMax, other.xMax) - Math.max(xMin, other.xMin);
    double height = Math.min(yMax, other.yMax) - Math.max(yMin, other.yMin);
    double shared = Math.max(0, width) * Math.max(0, height);
    double union = area() + other.area() - shared;
    return union > 0 ? shared / union : 0;
  }
}
