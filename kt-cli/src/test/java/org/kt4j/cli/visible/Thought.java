package org.kt4j.cli.visible;

/** Public, though its own package alone uses it. */
public final class Thought {

  int depth() {
    return 42;
  }
}
