package org.kt4j.engine.network;

import java.util.regex.Pattern;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.data.ImageShape;

/** What the families share in reading a member's name and checking its images. */
final class Variants {

  /** The deepest network of the papers is the ResNet-1202 of He et al. (2016). */
  static final int DEEPEST = 1_202;

  /** Of at most nine digits, so that it is an int. */
  private static final Pattern WHOLE = Pattern.compile("0|[1-9][0-9]{0,8}");

  private static final int WIDEST = 512;

  private Variants() {}

  /** Refuses a width that no network has. */
  static void requireWidth(int width) {
    if (width < 1 || width > WIDEST) {
      throw new InvalidOptionException("width", width, "1 to " + WIDEST + " channels");
    }
  }

  /** A number of a member's name. */
  static int number(String option, String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new InvalidOptionException(option, "'" + text + "'", "a whole number");
    }
    return Integer.parseInt(text);
  }

  /** Refuses images that a network would shrink to nothing. */
  static void requireAtLeast(String network, ImageShape input, int side) {
    if (input.height() < side || input.width() < side) {
      throw new IllegalArgumentException(
          network
              + " needs images of at least "
              + side
              + "x"
              + side
              + ", these are "
              + input.height()
              + "x"
              + input.width());
    }
  }
}
