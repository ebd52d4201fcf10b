package org.kt4j.speed;

/** Whether subjects compute the same: only then does their time compare. */
final class ValueAgreement {

  /** Of the largest number: rounding in another order. */
  static final double ROUNDING = 1e-4;

  private ValueAgreement() {}

  /**
   * Holds two results against each other.
   *
   * @param subjects who computed them, for the message
   * @param tolerance as a share of the largest number
   * @throws IllegalStateException when they differ
   */
  static void require(String subjects, float[] expected, float[] found, double tolerance) {
    if (expected.length != found.length) {
      throw new IllegalStateException(
          subjects + ": " + expected.length + " numbers and " + found.length);
    }
    double largest = 0;
    for (float number : expected) {
      largest = Math.max(largest, Math.abs(number));
    }
    for (int i = 0; i < expected.length; i++) {
      // The other way round a NaN would pass.
      if (!(Math.abs((double) expected[i] - found[i]) <= tolerance * largest)) {
        throw new IllegalStateException(
            subjects + " differ: " + expected[i] + " and " + found[i] + " at " + i);
      }
    }
  }
}
