package org.kt4j.engine.teacher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights that do not fit the network, or a file of weights that cannot be read. */
public final class WeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int SHOWN = 5;

  /**
   * Weights of another network.
   *
   * @param source the file or run
   * @param problems one for each variable that does not fit
   */
  public WeightsException(String source, List<String> problems) {
    super(source + ": weights of another network: " + first(problems));
  }

  /**
   * Weights that are no numbers.
   *
   * @param source the file or run
   * @param counts one for each array with such values: its name and how many of them
   */
  static WeightsException notFinite(String source, List<String> counts) {
    return new WeightsException(
        source,
        "weights that are NaN, infinite or beyond float32: "
            + first(counts)
            + "; allowed: finite numbers; fix: save weights from before the training diverged, or"
            + " train again",
        null);
  }

  private static String first(List<String> problems) {
    return String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
        + (problems.size() > SHOWN ? "; and " + (problems.size() - SHOWN) + " more" : "");
  }

  /** A file that cannot be read. */
  public WeightsException(String source, String problem, @Nullable Throwable cause) {
    super(source + ": " + problem, cause);
  }
}
