package org.kt4j.engine.experiment;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * A stretch of training with its own objective.
 *
 * @param name for progress and metrics
 * @param epochs passes over the training pictures
 * @param objective the weighted terms
 * @param optimizer instead of the experiment's
 * @param schedule instead of the experiment's; it runs over this phase alone
 */
public record PhaseConfig(
    @Description("for progress and metrics") String name,
    @Description("passes over the training pictures, 1 to 1000000") int epochs,
    @Description("the weighted terms") List<TermConfig> objective,
    @Description("instead of the experiment's") @Nullable OptimizerConfig optimizer,
    @Description("instead of the experiment's; runs over this phase alone")
        @Nullable ScheduleConfig schedule) {

  /** Of a phase, and of all phases of an experiment together. */
  static final int MOST_EPOCHS = 1_000_000;

  /** Checks the ranges. */
  public PhaseConfig {
    if (name.isBlank()) {
      throw new InvalidOptionException("name", "'" + name + "'", "a name that is not empty");
    }
    if (epochs < 1 || epochs > MOST_EPOCHS) {
      throw new InvalidOptionException("epochs", epochs, "1 to " + MOST_EPOCHS);
    }
    if (objective.isEmpty()) {
      throw new InvalidOptionException("objective", "[]", "one term or more");
    }
    if (objective.stream().allMatch(term -> term.weight().largest() == 0)) {
      throw new InvalidOptionException(
          "objective",
          "weight " + objective.get(0).weight().largest() + " of every term",
          "a weight above 0 of one term or more, or nothing is learned");
    }
    objective = List.copyOf(objective);
  }
}
