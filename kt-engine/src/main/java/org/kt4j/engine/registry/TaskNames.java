package org.kt4j.engine.registry;

import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The names of the tasks on the class path, which a configuration may name.
 *
 * @param all of them
 */
public record TaskNames(SortedSet<String> all) {

  /** Copies the set. */
  public TaskNames {
    all = new TreeSet<>(all);
  }
}
