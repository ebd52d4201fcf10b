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
    super(
        source
            + ": weights of another network: "
            + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
            + (problems.size() > SHOWN ? "; and " + (problems.size() - SHOWN) + " more" : ""));
  }

  /** A file that cannot be read. */
  public WeightsException(String source, String problem, @Nullable Throwable cause) {
    super(source + ": " + problem, cause);
  }
}
