package org.kt4j.comparison.figures;

/**
 * The colour map viridis (Smith and van der Walt, 2015, CC0): evenly brighter for the eye from one
 * end to the other, also in grey and with any deficiency of colour vision. Its colours at every
 * tenth, mixed linearly in between.
 */
final class Viridis {

  private static final int[] TENTHS = {
    0x440154, 0x482576, 0x414487, 0x35608D, 0x2A788E, 0x21908C, 0x22A884, 0x43BF71, 0x7AD151,
    0xBBDF27, 0xFDE725
  };

  private Viridis() {}

  /**
   * A colour, {@code 0xRRGGBB}.
   *
   * @param share from 0, dark violet, to 1, yellow; what lies outside is cut off
   */
  static int rgb(double share) {
    double at = Math.max(0, Math.min(1, share)) * (TENTHS.length - 1);
    int below = Math.min((int) at, TENTHS.length - 2);
    return mixed(TENTHS[below], TENTHS[below + 1], at - below);
  }

  /** Two colours, channel by channel; {@code share} of the second. */
  static int mixed(int one, int other, double share) {
    int colour = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      double mix = (1 - share) * (one >> shift & 0xFF) + share * (other >> shift & 0xFF);
      colour |= (int) Math.round(mix) << shift;
    }
    return colour;
  }
}
