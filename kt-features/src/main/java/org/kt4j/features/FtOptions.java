package org.kt4j.features;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.api.LayerSelection;

/**
 * The options of {@code ft}.
 *
 * @param power of the activations in the mean over the channels
 * @param distance of two factors
 * @param networks what is trained beside the student
 * @param rate the share of the teacher's channels that a paraphraser's factor has
 * @param selection which maps are compared; one pair when none is named
 */
public record FtOptions(
    @Description("p of the mean of F^p over the channels, 1 to 100") int power,
    @Description("absolute or squared: mean difference of two factors") Distance distance,
    @Description(
            "none: the maps are the factors; paraphraser: train it alone, in a phase before;"
                + " translator: towards its factors")
        Networks networks,
    @Description("channels of a paraphraser's factor over the teacher's, above 0 to 1") double rate,
    @Inline LayerSelection selection) {

  /** How far two factors are apart. */
  public enum Distance {
    /** The mean absolute difference. */
    ABSOLUTE,
    /** The mean squared difference. */
    SQUARED
  }

  /** What the factors come from. */
  public enum Networks {
    /** The maps themselves are the factors. */
    NONE,
    /**
     * The term trains the paraphraser alone, an autoencoder of the teacher's map. The student
     * learns nothing of it.
     */
    PARAPHRASER,
    /**
     * The student's factor comes from a translator that is trained with it, the teacher's from the
     * paraphraser that a phase before has trained.
     */
    TRANSLATOR
  }

  /** Checks the ranges. */
  public FtOptions {
    if (power < 1 || power > 100) {
      throw new InvalidOptionException("power", power, "1 to 100");
    }
    if (!(rate > 0 && rate <= 1)) {
      throw new InvalidOptionException("rate", rate, "above 0 to 1");
    }
  }

  /** The same with another power and distance. */
  public FtOptions with(int otherPower, Distance otherDistance) {
    return new FtOptions(otherPower, otherDistance, networks, rate, selection);
  }

  /** The same with another choice of networks. */
  public FtOptions with(Networks otherNetworks, double otherRate) {
    return new FtOptions(power, distance, otherNetworks, otherRate, selection);
  }

  /** The same on other layers. */
  public FtOptions on(LayerSelection other) {
    return new FtOptions(power, distance, networks, rate, other);
  }

  /**
   * Squares and absolute differences, as RepDistiller, on the last layers of equal size, without
   * networks.
   */
  public static FtOptions defaults() {
    return new FtOptions(2, Distance.ABSOLUTE, Networks.NONE, 0.5, LayerSelection.automatic());
  }
}
