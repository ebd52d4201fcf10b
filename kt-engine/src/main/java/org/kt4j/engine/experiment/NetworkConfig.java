package org.kt4j.engine.experiment;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.Inline;
import org.kt4j.api.InvalidOptionException;

/**
 * Which network.
 *
 * @param network a known network, such as {@code resnet-20}
 * @param options of the record type that belongs to it
 * @param widths filters by the name of a convolution, where they differ from the network's
 */
public record NetworkConfig(
    @Description("a known network") String network,
    @Inline Record options,
    @Description(Keys.WIDTHS) Map<String, Integer> widths) {

  /** The most filters of one convolution. */
  private static final int MOST = 65_536;

  /** Checks the widths. */
  public NetworkConfig {
    widths = checked(widths);
  }

  /** A network with the widths of its definition. */
  public NetworkConfig(String network, Record options) {
    this(network, options, Map.of());
  }

  /** The same network with other widths. */
  public NetworkConfig with(Map<String, Integer> otherWidths) {
    return new NetworkConfig(network, options, otherWidths);
  }

  /** What is written of widths: nothing where there are none. */
  static @Nullable Map<String, Integer> asKey(Map<String, Integer> widths) {
    return widths.isEmpty() ? null : widths;
  }

  /** Widths in the order of their names, each in its range. */
  static Map<String, Integer> checked(@Nullable Map<String, Integer> widths) {
    if (widths == null) {
      return Map.of();
    }
    widths.forEach(
        (name, filters) -> {
          if (filters < 1 || filters > MOST) {
            throw new InvalidOptionException(
                "widths", "{" + name + ": " + filters + "}", "1 to " + MOST + " filters");
          }
        });
    return Collections.unmodifiableMap(new TreeMap<>(widths));
  }

  /**
   * What stands beside the network and its options.
   *
   * @param widths see {@link NetworkConfig}
   */
  record Keys(@Description(WIDTHS) @Nullable Map<String, Integer> widths) {

    static final String WIDTHS =
        "filters by the name of a convolution, 1 to 65536, where they differ from the network's";

    Keys {
      checked(widths);
    }

    static Keys defaults() {
      return new Keys(null);
    }

    static Keys of(Map<String, Integer> widths) {
      return new Keys(asKey(widths));
    }
  }
}
