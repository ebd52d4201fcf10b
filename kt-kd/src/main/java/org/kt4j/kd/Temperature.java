package org.kt4j.kd;

import org.kt4j.api.InvalidOptionException;

/** The range of the option {@code temperature}. */
final class Temperature {

  private Temperature() {}

  /**
   * Checks it.
   *
   * @throws InvalidOptionException when it is outside of its range
   */
  static void check(double temperature) {
    if (!(temperature >= 0.001 && temperature <= 10_000)) {
      throw new InvalidOptionException("temperature", temperature, "0.001 to 10000");
    }
  }
}
