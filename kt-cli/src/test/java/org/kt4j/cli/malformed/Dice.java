package org.kt4j.cli.malformed;

import java.util.List;
import java.util.SplittableRandom;

/** The choices of one case. */
final class Dice {

  private final SplittableRandom random;

  /** The same choices for the same seed and number. */
  Dice(long seed, int number) {
    // The generators of neighbouring seeds are alike in their first numbers only where they are
    // not split.
    this.random = new SplittableRandom(seed * 1_000_003L + number).split();
  }

  /** A number from 0, below a limit of at least one. */
  int below(int limit) {
    return random.nextInt(limit);
  }

  /** A number between 0 and 1. */
  double share() {
    return random.nextDouble();
  }

  <T> T one(List<? extends T> of) {
    return of.get(below(of.size()));
  }

  boolean oneIn(int count) {
    return below(count) == 0;
  }
}
