package org.kt4j.kd;

import org.kt4j.api.Description;

/**
 * The options of {@code wsld}.
 *
 * @param temperature what both sides' logits are divided by before the softmax
 */
public record WsldOptions(
    @Description("divides both sides' logits, 0.001 to 10000") double temperature) {

  /** Checks the range. */
  public WsldOptions {
    Temperature.check(temperature);
  }

  /** Temperature 2, as in the published code. */
  public static WsldOptions defaults() {
    return new WsldOptions(2);
  }
}
