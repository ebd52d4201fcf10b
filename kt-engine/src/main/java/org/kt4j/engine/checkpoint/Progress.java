package org.kt4j.engine.checkpoint;

import com.fasterxml.jackson.annotation.JsonAlias;

/**
 * How far a run has come; everything beside the variables that going on needs.
 *
 * @param phase index of the phase that the last finished epoch belongs to
 * @param epochOfPhase epochs of that phase that are done
 * @param epoch epochs of the whole run that are done
 * @param step steps of the whole run that are done
 * @param bestScore the best score on the held-out pictures so far; means nothing before the first
 *     epoch
 * @param bestEpoch the epoch, counted from 1, that reached it
 */
public record Progress(
    int phase,
    int epochOfPhase,
    int epoch,
    long step,
    @JsonAlias("bestAccuracy") double bestScore,
    int bestEpoch) {

  /** Nothing done. */
  public static Progress start() {
    return new Progress(0, 0, 0, 0, -1, 0);
  }
}
