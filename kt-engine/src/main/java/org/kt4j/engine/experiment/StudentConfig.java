package org.kt4j.engine.experiment;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;

/**
 * The network that learns.
 *
 * @param network a known network, such as {@code resnet-20}
 * @param options of the record type that belongs to it
 * @param widths filters by the name of a convolution, where they differ from the network's
 * @param quantization what it is rounded to; null where it computes in floats
 * @param prune how it is made out of a trained network before its training; null otherwise
 */
public record StudentConfig(
    @Description("a known network") String network,
    @Inline Record options,
    @Description(NetworkConfig.Keys.WIDTHS) Map<String, Integer> widths,
    @Description("rounds weights and activations in training; floats when left out")
        @Nullable QuantizationConfig quantization,
    @Description("makes it out of a trained network before its training")
        @Nullable PruneConfig prune) {

  /** Checks the widths. */
  public StudentConfig {
    widths = NetworkConfig.checked(widths);
  }

  /** The key of {@link #quantization()}. */
  static final String QUANTIZATION = "quantization";

  /** The key of {@link #prune()}. */
  static final String PRUNE = "prune";

  /** Instead of a network, the folder of one that was pruned. */
  static final String PRUNED = "pruned";

  /**
   * What stands beside the network and its options.
   *
   * @param widths see {@link StudentConfig}
   * @param quantization see {@link StudentConfig}
   * @param prune see {@link StudentConfig}
   */
  record Keys(
      @Description(NetworkConfig.Keys.WIDTHS) @Nullable Map<String, Integer> widths,
      @Description("rounds weights and activations in training; floats when left out")
          @Nullable QuantizationConfig quantization,
      @Description("makes it out of a trained network before its training")
          @Nullable PruneConfig prune) {

    Keys {
      NetworkConfig.checked(widths);
    }

    static Keys defaults() {
      return new Keys(null, null, null);
    }
  }

  /** The same student with other widths, and made. */
  public StudentConfig pruned(Map<String, Integer> otherWidths) {
    return new StudentConfig(network, options, otherWidths, quantization, null);
  }

  /** The same student, rounded otherwise. */
  public StudentConfig with(@Nullable QuantizationConfig other) {
    return new StudentConfig(network, options, widths, other, prune);
  }

  /** The network, in floats. */
  public NetworkConfig inFloats() {
    return new NetworkConfig(network, options, widths);
  }
}
