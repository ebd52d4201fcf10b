package org.kt4j.cli;

import java.util.concurrent.Callable;

/** What is still done when the process is stopped. */
final class OnExit {

  private OnExit() {}

  /**
   * Does something.
   *
   * @param stopped is run when the process is stopped meanwhile
   */
  static <T> T during(Callable<T> work, Runnable stopped) throws Exception {
    Thread hook = new Thread(stopped, "interrupted");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      return work.call();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        // The process is ending already, and the hook has said so.
      }
    }
  }
}
