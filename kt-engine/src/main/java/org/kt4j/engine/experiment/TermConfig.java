package org.kt4j.engine.experiment;

import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.Description;
import org.kt4j.config.OptionsListing;

/**
 * One part of the objective.
 *
 * @param term a known method
 * @param keys that every term has
 * @param options of the record type that belongs to the method
 */
public record TermConfig(String term, Keys keys, Record options) {

  /**
   * The keys that every term has beside its name and options.
   *
   * @param weight the factor of its loss
   * @param teacher the name of the only teacher that it learns from
   */
  public record Keys(
      @Description("factor of the term's loss, 0 to 1e9, or {from, to, epochs}, or {share}")
          TermWeight weight,
      @Description("the one of several teachers that it learns from; from all when left out")
          @Nullable String teacher) {

    /** Weight 1, from all teachers. */
    public static Keys defaults() {
      return new Keys(TermWeight.of(1), null);
    }
  }

  /** The factor of its loss. */
  public TermWeight weight() {
    return keys.weight();
  }

  /** The term and its options on one line, for people: {@code kd (temperature 4.0)}. */
  public String described() {
    String values =
        OptionsListing.of(options).stream()
            .map(line -> line.key() + " " + line.defaultValue())
            .collect(Collectors.joining(", "));
    return values.isEmpty() ? term : term + " (" + values + ")";
  }
}
