package org.kt4j.engine.teacher;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Weights that do not fit the network, or a file of weights that cannot be read. */
public final class WeightsException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int SHOWN = 5;

  /**
   * Several arrays with the same fault.
   *
   * @param source the file or run
   * @param what the fault, with a colon, or empty where the problems say it
   * @param problems one for each array
   * @param advice what is allowed and how to mend it, or empty
   */
  WeightsException(String source, String what, List<String> problems, String advice) {
    super(source + ": " + what + first(problems) + advice);
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
