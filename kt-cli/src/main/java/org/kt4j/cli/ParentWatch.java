package org.kt4j.cli;

import java.io.IOException;
import java.io.InputStream;

/**
 * Ends this process when the one that started it has ended, even if that was killed. The parent
 * holds the other end of the standard input and writes nothing into it, so the input ends when the
 * parent does.
 */
final class ParentWatch {

  /** The system property that a parent sets for its children: its process ID. */
  static final String PROPERTY = "kt.parent";

  private ParentWatch() {}

  /** Watches, in a process that has a parent of this kind. */
  static void begin() {
    if (System.getProperty(PROPERTY) != null) {
      Thread watch = new Thread(() -> await(System.in), "parent");
      watch.setDaemon(true);
      watch.start();
    }
  }

  private static void await(InputStream input) {
    try {
      while (input.read() >= 0) {
        // Nothing is expected; whatever comes, the parent is there.
      }
    } catch (IOException e) {
      // An input that cannot be read has no parent at its other end.
    }
    // At once, without an epoch more: a run goes on from its last checkpoint.
    Runtime.getRuntime().halt(Failure.FAILED);
  }
}
