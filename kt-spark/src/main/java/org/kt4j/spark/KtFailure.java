package org.kt4j.spark;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process of kt failed, or could not be started. Spark carries it to the driver as text. */
final class KtFailure extends RuntimeException {

  static final int FAILED = 1;
  static final int BAD_INPUT = 2;

  private static final long serialVersionUID = 1;
  private static final Pattern TEXT = Pattern.compile("(?s)^\\[exit code ([0-9]{1,3})] (.*)$");

  private final int status;
  private final String reason;

  /**
   * A failure.
   *
   * @param status of the process, as kt means it: 2 for what will fail again
   */
  KtFailure(int status, String reason) {
    // Where it was thrown says nothing: Spark prints it for every task and attempt.
    super("[exit code " + status + "] " + reason, null, false, false);
    this.status = status;
    this.reason = reason;
  }

  /** From the message of one that was thrown in another JVM. */
  static Optional<KtFailure> of(String message) {
    Matcher matcher = TEXT.matcher(message);
    return matcher.matches()
        ? Optional.of(new KtFailure(Integer.parseInt(matcher.group(1)), matcher.group(2)))
        : Optional.empty();
  }

  boolean isBadInput() {
    return status == BAD_INPUT;
  }

  /** For people. */
  String reason() {
    return reason;
  }
}
