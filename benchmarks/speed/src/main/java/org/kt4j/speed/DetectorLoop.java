package org.kt4j.speed;

/**
 * What a detector's training loop spends outside {@code Session.run}; measured as in {@link
 * LoopOverhead}.
 */
final class DetectorLoop implements Section {

  /** More than are assembled ahead, so that the timed steps meet the assembling thread at work. */
  private static final int UNTIMED = 4;

  /** Steps of a classifier's loop for one of a detector's, which is as much work as several. */
  private static final int SHARE = 4;

  @Override
  public String name() {
    return "overhead";
  }

  @Override
  public Outcome measure(Workbench bench) {
    int rounds = bench.settings().rounds();
    int timed = Math.max(1, bench.settings().loopSteps() / SHARE);
    double[] looped = new double[rounds];
    double[] inside = new double[rounds];
    double[] still = new double[rounds];
    try (DetectorSubject steps = DetectorSubject.open(bench)) {
      // Pictures are painted and scaled in the first epoch alone.
      steps.warmUp();
      for (int round = 0; round < rounds; round++) {
        for (int i = 0; i < UNTIMED; i++) {
          steps.next();
        }
        long insideBefore = steps.nanosInSession();
        long began = System.nanoTime();
        for (int i = 0; i < timed; i++) {
          steps.next();
        }
        looped[round] = (System.nanoTime() - began) / 1e6 / timed;
        inside[round] = (steps.nanosInSession() - insideBefore) / 1e6 / timed;
        for (int i = 0; i < UNTIMED; i++) {
          steps.again();
        }
        began = System.nanoTime();
        for (int i = 0; i < timed; i++) {
          steps.again();
        }
        still[round] = (System.nanoTime() - began) / 1e6 / timed;
      }
    }
    Samples loop = new Samples(looped);
    return Outcome.of(
        Figure.of(name(), "detector step in the loop", "ms", loop)
            .noting(timed + " steps a round; flipped, scaled and moved views, assembled ahead"),
        Figure.of(
                name(),
                "outside Session.run",
                "%",
                new Samples(inside).over(loop).map(share -> 100 * (1 - share)))
            .wanted(Figure.Target.atMost(5)),
        Figure.of(name(), "loop over the same batch again", "", loop.over(new Samples(still)))
            .noting("1 + what the assembling thread takes from the session"));
  }
}
