package org.kt4j.engine.experiment;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
 * @param freeze parts and layers of the student that stay as they are; null where all learn
 * @param learningRates factors of the learning rate by part or layer of the student; null where all
 *     learn alike
 */
public record PhaseConfig(
    @Description("for progress and metrics") String name,
    @Description("passes over the training pictures, 1 to 1000000") int epochs,
    @Description("the weighted terms") List<TermConfig> objective,
    @Description("instead of the experiment's") @Nullable OptimizerConfig optimizer,
    @Description("instead of the experiment's; runs over this phase alone")
        @Nullable ScheduleConfig schedule,
    @Description("parts and layers of the student that stay as they are, such as stem and stage1")
        @Nullable List<String> freeze,
    @Description(
            "factors of the learning rate by part or layer of the student, above 0, up to 1000")
        @Nullable Map<String, Double> learningRates) {

  /** Of a phase, and of all phases of an experiment together. */
  static final int MOST_EPOCHS = 1_000_000;

  private static final double LARGEST_FACTOR = 1000;

  /** A phase in which the whole student learns at one rate. */
  public PhaseConfig(
      String name,
      int epochs,
      List<TermConfig> objective,
      @Nullable OptimizerConfig optimizer,
      @Nullable ScheduleConfig schedule) {
    this(name, epochs, objective, optimizer, schedule, null, null);
  }

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
    if (freeze != null) {
      if (freeze.isEmpty()) {
        throw new InvalidOptionException(
            "freeze", "[]", "one name or more; fix: leave it out where the whole student learns");
      }
      freeze = List.copyOf(freeze);
    }
    if (learningRates != null) {
      if (learningRates.isEmpty()) {
        throw new InvalidOptionException(
            "learningRates", "{}", "one name or more; fix: leave it out where all learn alike");
      }
      learningRates.forEach(PhaseConfig::requireFactor);
      learningRates = Collections.unmodifiableMap(new LinkedHashMap<>(learningRates));
    }
  }

  private static void requireFactor(String name, double factor) {
    if (!(factor > 0 && factor <= LARGEST_FACTOR)) {
      throw new InvalidOptionException(
          "learningRates",
          name + ": " + factor,
          "a factor above 0, up to 1000" + (factor == 0 ? "; fix: freeze: [" + name + "]" : ""));
    }
  }

  /** The same terms in another number of epochs. */
  public PhaseConfig withEpochs(int others) {
    return new PhaseConfig(name, others, objective, optimizer, schedule, freeze, learningRates);
  }

  /** The names of {@link #freeze()}; none where all learn. */
  public List<String> frozen() {
    return freeze == null ? List.of() : freeze;
  }

  /** The factors of {@link #learningRates()}; none where all learn alike. */
  public Map<String, Double> factors() {
    return learningRates == null ? Map.of() : learningRates;
  }

  /** Whether parts of the student are frozen or learn at rates of their own. */
  public boolean tunes() {
    return freeze != null || learningRates != null;
  }
}
