package org.kt4j.engine.experiment;

import java.util.List;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.config.SealedBinding;
import org.kt4j.engine.text.NumberFormats;

/**
 * How single weights of a student are set to zero while it is trained.
 *
 * @param criterion a known criterion, such as {@code magnitude}
 * @param options of the record type that belongs to it
 * @param keys what is the same for all criteria
 */
public record MaskConfig(String criterion, Record options, Keys keys) {

  /** The mask in words: {@code 80.00 % of the weights of all layers held at zero by magnitude}. */
  public String described() {
    return NumberFormats.percent(keys.sparsity())
        + " of the weights of "
        + (keys.scope() == Scope.LAYER ? "each layer" : "all layers together")
        + " held at zero by "
        + criterion
        + ", schedule "
        + SealedBinding.name(keys.schedule())
        + (keys.skip().isEmpty() ? "" : ", all but " + String.join(", ", keys.skip()));
  }

  /** Among which weights the smallest scores are looked for. */
  public enum Scope {
    /** Among those of each layer: every layer has the same sparsity. */
    LAYER,
    /** Among those of all layers: one threshold, and layers of different sparsity. */
    GLOBAL
  }

  /**
   * What stands beside the criterion and its options.
   *
   * @param sparsity the share of the weights that are 0 in the end
   * @param scope among which weights scores are compared
   * @param schedule when weights are set to zero
   * @param skip layers that keep all of their weights
   */
  public record Keys(
      @Description("the share of the weights that are 0 in the end, above 0, below 1")
          double sparsity,
      @Description("layer: the same share of every layer; global: one threshold for all")
          Scope scope,
      @Description("when weights are set to zero") MaskSchedule schedule,
      @Description("layers that keep all of their weights") List<String> skip) {

    static final String MASK =
        "sets single weights to zero in training and holds them; none when left out";

    /** Checks the ranges. */
    public Keys {
      skip = List.copyOf(skip);
      if (!(sparsity > 0 && sparsity < 1)) {
        throw new InvalidOptionException("sparsity", sparsity, "above 0, below 1");
      }
    }

    /** Four of five weights, by one threshold, before the first step. */
    public static Keys defaults() {
      return new Keys(0.8, Scope.GLOBAL, MaskSchedule.defaults(), List.of());
    }
  }
}
