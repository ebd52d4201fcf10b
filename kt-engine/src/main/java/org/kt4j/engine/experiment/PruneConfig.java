package org.kt4j.engine.experiment;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * How a narrower network is made out of a trained one.
 *
 * @param criterion a known criterion, such as {@code l1}
 * @param options of the record type that belongs to it
 * @param keys what is the same for all criteria
 */
public record PruneConfig(String criterion, Record options, Keys keys) {

  /** In {@link Keys#keep}, all layers that are not named. */
  public static final String ALL = "all";

  /** In {@link Keys#from}, the teacher of the experiment. */
  public static final String TEACHER = "teacher";

  /**
   * What stands beside the criterion and its options.
   *
   * @param from the folder of a run, or {@code teacher} for the teacher of the experiment
   * @param keep the share of the filters that stay, by layer, stage, or {@code all}; empty with a
   *     budget
   * @param skip layers that stay as they are
   * @param multiple widths are multiples of this number
   * @param flops the share of the operations that stay, above 0 and below 1; null without a budget
   * @param latency the share of the time for one picture that stays; null without a budget
   * @param tied whether channels that are added to those of other layers are removed, too
   * @param reconstruct whether the layers behind are fitted to the outputs that they had
   * @param pictures training pictures that the network is looked at with
   * @param rounds how often is pruned, with training in between
   * @param epochs of the training between two rounds
   * @param fresh whether only the widths are taken, and the student begins with random weights
   */
  public record Keys(
      @Description("the folder of a run, or teacher for the teacher of the experiment") String from,
      @Description("the share of the filters that stay: a number for all, or by layer or stage")
          Keep keep,
      @Description("layers that stay as they are") List<String> skip,
      @Description("widths are multiples of this number, 1 to 64") int multiple,
      @Description("a budget: the share of the operations that stay") @Nullable Double flops,
      @Description("a budget: the share of the measured time for one picture that stays")
          @Nullable Double latency,
      @Description("also remove channels that are added to those of other layers") boolean tied,
      @Description("fit the layers behind to the outputs that they had, by least squares")
          boolean reconstruct,
      @Description("training pictures that the network is looked at with, 1 to 100000")
          int pictures,
      @Description("how often is pruned, with training in between, 1 to 100") int rounds,
      @Description("epochs of the training between two rounds, 1 to 1000") int epochs,
      @Description("take the widths only and begin with random weights: the control")
          boolean fresh) {

    /** Checks the ranges. */
    public Keys {
      skip = List.copyOf(skip);
      require(multiple >= 1 && multiple <= 64, "multiple", multiple, "1 to 64");
      requireShare("flops", flops);
      requireShare("latency", latency);
      require(pictures >= 1 && pictures <= 100_000, "pictures", pictures, "1 to 100000");
      require(rounds >= 1 && rounds <= 100, "rounds", rounds, "1 to 100");
      require(epochs >= 1 && epochs <= 1000, "epochs", epochs, "1 to 1000");
      if (flops != null && latency != null) {
        throw new InvalidOptionException(
            "latency", latency, "one budget: leave out flops or latency");
      }
      if ((flops != null || latency != null) && !keep.shares().isEmpty()) {
        throw new InvalidOptionException(
            "keep",
            keep.shares(),
            "no share where there is a budget: leave out keep, or flops and" + " latency");
      }
    }

    private static void requireShare(String key, @Nullable Double share) {
      require(
          share == null || (share > 0 && share < 1),
          key,
          String.valueOf(share),
          "above 0, below 1");
    }

    private static void require(boolean holds, String key, Object value, String allowed) {
      if (!holds) {
        throw new InvalidOptionException(key, value, allowed);
      }
    }

    /** Half of all filters, in multiples of 8. */
    public static Keys defaults() {
      return new Keys(
          "", new Keep(Map.of()), List.of(), 8, null, null, false, false, 500, 1, 1, false);
    }

    /** The same, leaving other shares, or another budget. */
    public Keys leaving(
        Keep otherKeep, @Nullable Double otherFlops, @Nullable Double otherLatency) {
      return new Keys(
          from,
          otherKeep,
          skip,
          multiple,
          otherFlops,
          otherLatency,
          tied,
          reconstruct,
          pictures,
          rounds,
          epochs,
          fresh);
    }

    /** How much is pruned of what, however that is done and whatever is kept of the weights. */
    public Keys withoutMeans() {
      return new Keys(
          from, keep, skip, multiple, flops, latency, tied, false, pictures, rounds, epochs, false);
    }

    /** The share of the filters that stay; half of all where nothing is said. */
    public Map<String, Double> shares() {
      return keep.shares().isEmpty() ? Map.of(ALL, 0.5) : keep.shares();
    }

    /** Whether a budget decides how much stays. */
    public boolean hasBudget() {
      return flops != null || latency != null;
    }
  }

  /**
   * Shares by name.
   *
   * @param shares above 0, up to 1
   */
  public record Keep(Map<String, Double> shares) {

    /** Checks the ranges. */
    public Keep {
      shares = Map.copyOf(shares);
      shares.forEach(
          (name, share) -> {
            if (!(share > 0 && share <= 1)) {
              throw new InvalidOptionException(
                  name.equals(ALL) ? "keep" : "keep." + name, share, "above 0, up to 1");
            }
          });
    }
  }
}
