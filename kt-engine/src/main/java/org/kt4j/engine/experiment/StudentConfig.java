package org.kt4j.engine.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;
import org.kt4j.config.OptionsListing;

/**
 * The network that learns.
 *
 * @param network a known network, such as {@code resnet-20}
 * @param options of the record type that belongs to it
 * @param widths filters by the name of a convolution, where they differ from the network's
 * @param quantization what it is rounded to; null where it is not
 * @param binary how it computes with signs; null where it does not
 * @param prune how it is made out of a trained network before its training; null otherwise
 * @param mask which of its weights are held at zero; null where none are
 */
public record StudentConfig(
    @Description("a known network") String network,
    @Inline Record options,
    @Description(NetworkConfig.Keys.WIDTHS) Map<String, Integer> widths,
    @Description("rounds weights and activations in training; floats when left out")
        @Nullable QuantizationConfig quantization,
    @Description("xnor or bnn: weights and activations are signs; floats when left out")
        @Nullable BinaryConfig binary,
    @Description("makes it out of a trained network before its training")
        @Nullable PruneConfig prune,
    @Description(MaskConfig.Keys.MASK) @Nullable MaskConfig mask) {

  /** Checks the widths, and requires one way of computing. */
  public StudentConfig {
    widths = NetworkConfig.checked(widths);
    requireOne(quantization, binary);
    requireWeights(binary, mask);
  }

  /** The key of {@link #binary()}. */
  static final String BINARY = "binary";

  /** The keys that say how the whole student computes, of which one may be there. */
  static final List<String> ARITHMETIC = List.of("quantization", BINARY);

  /** The key of {@link #prune()}. */
  static final String PRUNE = "prune";

  /** The key of {@link #mask()}. */
  static final String MASK = "mask";

  /** The keys that say how the whole student is trained. */
  static final List<String> TRAINED_WITH = List.of("quantization", "binary", MASK);

  /** The end of the key of widths of a network within the options. */
  private static final String WITHIN = ".widths";

  /** Instead of a network, the folder of one that was pruned. */
  static final String PRUNED = "pruned";

  private static void requireOne(
      @Nullable QuantizationConfig quantization, @Nullable BinaryConfig binary) {
    if (quantization != null && binary != null) {
      throw new InvalidOptionException(
          BINARY,
          "beside quantization",
          "one of the two; a student of signs has no further levels");
    }
  }

  private static void requireWeights(@Nullable BinaryConfig binary, @Nullable MaskConfig mask) {
    if (binary != null && mask != null) {
      throw new InvalidOptionException(
          "mask", "beside binary", "one of the two; the sign of a weight is never 0");
    }
  }

  /**
   * What stands beside the network and its options.
   *
   * @param widths see {@link StudentConfig}
   * @param quantization see {@link StudentConfig}
   * @param binary see {@link StudentConfig}
   * @param prune see {@link StudentConfig}
   * @param mask see {@link StudentConfig}
   */
  record Keys(
      @Description(NetworkConfig.Keys.WIDTHS) @Nullable Map<String, Integer> widths,
      @Description("rounds weights and activations in training; floats when left out")
          @Nullable QuantizationConfig quantization,
      @Description("xnor or bnn: weights and activations are signs; floats when left out")
          @Nullable BinaryConfig binary,
      @Description("makes it out of a trained network before its training")
          @Nullable PruneConfig prune,
      @Description(MaskConfig.Keys.MASK) @Nullable MaskConfig mask) {

    Keys {
      NetworkConfig.checked(widths);
      requireOne(quantization, binary);
      requireWeights(binary, mask);
    }

    static Keys defaults() {
      return new Keys(null, null, null, null, null);
    }
  }

  /** The same student with other widths, and made. */
  public StudentConfig pruned(Map<String, Integer> otherWidths) {
    return new StudentConfig(network, options, otherWidths, quantization, binary, null, mask);
  }

  /** The same student, trained as another one is: rounded or with signs, and with its mask. */
  public StudentConfig trainedAs(StudentConfig other) {
    return new StudentConfig(
        network, options, widths, other.quantization, other.binary, prune, other.mask);
  }

  /** The same student with all of its weights. */
  public StudentConfig withoutMask() {
    return new StudentConfig(network, options, widths, quantization, binary, prune, null);
  }

  /** How it is made small, beside the choice of its network; in words, for people. */
  public List<String> made() {
    List<String> made = new ArrayList<>();
    if (!widths.isEmpty()) {
      made.add(widths.size() + " convolutions of other widths");
    }
    // A network within the options, such as a detector's backbone.
    OptionsListing.of(options).stream()
        .filter(line -> line.key().endsWith(WITHIN) && !line.defaultValue().equals("{}"))
        .map(line -> line.key().substring(0, line.key().length() - WITHIN.length()))
        .forEach(name -> made.add(name + " of other widths"));
    if (prune != null) {
      made.add("pruned from " + prune.keys().from() + " by " + prune.criterion());
    }
    if (binary != null) {
      made.add(
          "signs: "
              + OptionsListing.of(binary).stream()
                  .map(line -> line.key() + " " + line.defaultValue())
                  .collect(Collectors.joining(", ")));
    }
    if (quantization != null) {
      made.add(
          "weights of "
              + quantization.weights()
              + " bits, activations of "
              + quantization.activations());
    }
    if (mask != null) {
      made.add(mask.described());
    }
    return made;
  }

  /** The network, in floats. */
  public NetworkConfig inFloats() {
    return new NetworkConfig(network, options, widths);
  }
}
