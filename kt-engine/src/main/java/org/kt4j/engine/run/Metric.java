package org.kt4j.engine.run;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What the scores of a task mean. The files of a run hold it, so that a report does not need the
 * task.
 *
 * @param name such as {@code accuracy} or {@code mAP}
 * @param share whether scores are from 0 to 1 and shown in percent
 * @param largerIsBetter whether the best epoch is the one with the largest score
 * @param explanation sentences for a report on how the score is computed; may be empty
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record Metric(String name, boolean share, boolean largerIsBetter, String explanation) {

  /** Older files hold the name alone, or none, and then this is it. */
  private static final String USUAL = "accuracy";

  /** A metric that is a share and better when it is larger. */
  public static Metric ofShare(String name, String explanation) {
    return new Metric(name, true, true, explanation);
  }

  /**
   * The metric of a run whose files do not name one; versions without metrics trained classifiers
   * only.
   */
  public static Metric ofOlderFiles() {
    return named(null);
  }

  /** Reads a file that holds the name alone. */
  @JsonCreator
  static Metric named(@Nullable String name) {
    return ofShare(name == null ? USUAL : name, "");
  }

  /** Reads a description. */
  @JsonCreator
  static Metric described(
      @JsonProperty("name") String name,
      @JsonProperty("share") boolean share,
      @JsonProperty("larger-is-better") boolean largerIsBetter,
      @JsonProperty("explanation") @Nullable String explanation) {
    return new Metric(name, share, largerIsBetter, explanation == null ? "" : explanation);
  }

  /** Whether a score is better than another. */
  public boolean isBetter(double score, double than) {
    return largerIsBetter ? score > than : score < than;
  }

  /** By how much a score is better than another; negative if it is worse. */
  public double gain(double score, double over) {
    return largerIsBetter ? score - over : over - score;
  }

  /** The factor by which scores are shown: 100 for shares. */
  public double scale() {
    return share ? 100 : 1;
  }

  /** {@code 65.30 %} of a share, {@code 0.1234} of any other number. */
  public String text(double score) {
    return share
        ? String.format(Locale.ROOT, "%.2f %%", 100 * score)
        : String.format(Locale.ROOT, "%.4g", score);
  }

  /** {@code 65.30} of a share, for a column whose head says that it is in percent. */
  public String cell(double score) {
    return share ? String.format(Locale.ROOT, "%.2f", 100 * score) : text(score);
  }

  /** A gain with its sign, {@code +4.12} in points of a share. */
  public String signed(double gain) {
    return String.format(Locale.ROOT, share ? "%+.2f" : "%+.4g", scale() * gain);
  }

  /** The header of a column of test scores: {@code test accuracy %}. */
  public String column() {
    return "test " + name + (share ? " %" : "");
  }

  /**
   * The name at the start of a sentence: {@code Accuracy}; a name with capitals, such as mAP, is
   * not changed.
   */
  public String atStart() {
    return name.equals(name.toLowerCase(Locale.ROOT))
        ? name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1)
        : name;
  }
}
