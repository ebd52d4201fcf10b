package org.kt4j.detection.data;

import java.util.Arrays;
import org.kt4j.data.DataException;

/**
 * Finds a set whose boxes are all given as fractions of their pictures. One such box alone may be a
 * box of one pixel.
 */
final class FractionBoxes {

  /** Rounding may put an edge a little beyond the border. */
  private static final double ROUNDING = 0.01;

  private int fractions;
  private int others;

  /** Takes a box into account; one without area says nothing. */
  void add(double... numbers) {
    if (Arrays.stream(numbers).allMatch(each -> each >= -ROUNDING && each <= 1 + ROUNDING)) {
      fractions++;
    } else {
      others++;
    }
  }

  /**
   * Refuses a set that has boxes, all of which are fractions.
   *
   * @param place the data set's name and the file or set, for the message
   */
  void requirePixels(String place) {
    if (fractions > 0 && others == 0) {
      throw new DataException(
          place
              + ": every box lies within 0 to 1: these are fractions of the picture; allowed:"
              + " pixels; fix: multiply by width and height");
    }
  }
}
