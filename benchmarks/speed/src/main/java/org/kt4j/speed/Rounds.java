package org.kt4j.speed;

import java.util.List;
import java.util.stream.Stream;

/**
 * Times several subjects in turns: A B C A B C ... What disturbs the machine for longer than a turn
 * disturbs all of them.
 */
final class Rounds {

  private final int warmUp;
  private final int rounds;
  private final int calls;

  /**
   * A way to measure.
   *
   * @param warmUp calls of each subject before the first round
   * @param rounds in each of which every subject has its turn
   * @param calls of a subject in its turn
   */
  Rounds(int warmUp, int rounds, int calls) {
    this.warmUp = warmUp;
    this.rounds = rounds;
    this.calls = calls;
  }

  /** Seconds of one call, in the order of the subjects. */
  List<Samples> seconds(Runnable... subjects) {
    for (Runnable subject : subjects) {
      repeat(subject, warmUp);
    }
    double[][] seconds = new double[subjects.length][rounds];
    for (int round = 0; round < rounds; round++) {
      for (int s = 0; s < subjects.length; s++) {
        long began = System.nanoTime();
        repeat(subjects[s], calls);
        seconds[s][round] = (System.nanoTime() - began) / 1e9 / calls;
      }
    }
    return Stream.of(seconds).map(Samples::new).toList();
  }

  private static void repeat(Runnable subject, int times) {
    for (int i = 0; i < times; i++) {
      subject.run();
    }
  }

  @Override
  public String toString() {
    return rounds + " rounds of " + calls + " calls each, after " + warmUp;
  }
}
