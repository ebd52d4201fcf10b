package org.kt4j.engine.export;

/**
 * How an export is quantised after training.
 *
 * @param calibration the number of training pictures that the ranges of activations are taken from
 * @param seed of their choice
 * @param percentile the share of the values of an activation that lies in its range, in percent;
 *     100 takes the smallest and the largest value
 * @param weightsBits 2 to 8, stored in 8: 7 for processors whose 8-bit products of three can
 *     overflow 16 bits, which are those of x86 without VNNI; fewer show what a narrower format
 *     costs
 * @param floatEnds whether the first and the last layer stay in single precision
 * @param allowedLoss the most points of the task's score that may be lost on held-out pictures
 */
public record Int8Options(
    int calibration,
    long seed,
    double percentile,
    int weightsBits,
    boolean floatEnds,
    double allowedLoss) {

  /** Checks the ranges. */
  public Int8Options {
    require(calibration >= 1, "calibration", calibration, "1 or more pictures");
    require(
        percentile > 50 && percentile <= 100,
        "range percentile",
        percentile,
        "above 50, up to 100");
    require(weightsBits >= 2 && weightsBits <= 8, "weights-bits", weightsBits, "2 to 8");
    require(allowedLoss >= 0 && allowedLoss <= 100, "allowed-loss", allowedLoss, "0 to 100");
  }

  private static void require(boolean holds, String name, Object value, String allowed) {
    if (!holds) {
      throw new ExportException(
          "int8: " + name + " " + value + " is not allowed; allowed: " + allowed);
    }
  }

  /** 500 pictures, the whole range, 8 bits, all layers, a point at most. */
  public static Int8Options defaults() {
    return new Int8Options(500, 1, 100, 8, false, 1);
  }

  /** These options with another loss that is allowed, in points. */
  public Int8Options allowedLoss(double points) {
    return new Int8Options(calibration, seed, percentile, weightsBits, floatEnds, points);
  }
}
