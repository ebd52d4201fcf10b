package org.kt4j.detection.graph;

import java.util.List;

/**
 * The boxes that proposals are made from: at the centre of each cell of the map one for each scale
 * and ratio.
 *
 * <pre>
 * height = scale sqrt(ratio)     width = scale / sqrt(ratio)
 * </pre>
 *
 * <p>Differs from the first published code, which rounded them to whole pixels.
 *
 * @param scales square roots of the areas, in pixels
 * @param ratios height over width
 */
record Anchors(List<Double> scales, List<Double> ratios) {

  /** Anchors in each cell. */
  int perCell() {
    return scales.size() * ratios.size();
  }

  /**
   * All of them: cell by cell, row by row; in each cell scale by scale, ratio by ratio.
   *
   * @param rows of the map
   * @param columns of the map
   * @param stride pixels from cell to cell
   * @return {@code [rows * columns * perCell, 4]}
   */
  float[][] over(int rows, int columns, int stride) {
    float[][] boxes = new float[rows * columns * perCell()][];
    int at = 0;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        double y = (row + 0.5) * stride;
        double x = (column + 0.5) * stride;
        for (double scale : scales) {
          for (double ratio : ratios) {
            double height = scale * Math.sqrt(ratio) / 2;
            double width = scale / Math.sqrt(ratio) / 2;
            boxes[at++] =
                new float[] {
                  (float) (y - height),
                  (float) (x - width),
                  (float) (y + height),
                  (float) (x + width)
                };
          }
        }
      }
    }
    return boxes;
  }
}
