package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.InvalidOptionException;

/**
 * One part of the objective.
 *
 * @param term a known method
 * @param weight the factor of its loss
 * @param options of the record type that belongs to the method
 */
public record TermConfig(String term, double weight, Record options) {

  /**
   * The keys that every term has beside its name and options.
   *
   * @param weight the factor of its loss
   */
  public record Keys(@Description("factor of the term's loss, 0 or more") double weight) {

    /** Checks the range. */
    public Keys {
      if (!(weight >= 0 && weight < Double.POSITIVE_INFINITY)) {
        throw new InvalidOptionException("weight", weight, "0 or more");
      }
    }

    /** Weight 1. */
    public static Keys defaults() {
      return new Keys(1);
    }
  }
}
