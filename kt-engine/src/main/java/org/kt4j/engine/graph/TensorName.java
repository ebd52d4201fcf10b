package org.kt4j.engine.graph;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A tensor as the definition of a graph names it: {@code name:1} is the second output of the
 * operation {@code name}, {@code name} alone the first, and {@code ^name} no tensor but the end of
 * the operation, for those that have to wait for it.
 *
 * @param operation its name
 * @param index of the output, counted from 0; -1 for the operation's end
 */
public record TensorName(String operation, int index) {

  private static final int END = -1;

  /** At most as many digits as fit into an int. */
  private static final Pattern INDEXED = Pattern.compile("(.+):([0-9]{1,9})");

  /** Reads a name. What does not end with a number is the name of an operation. */
  public static TensorName parse(String name) {
    if (name.startsWith("^")) {
      return new TensorName(name.substring(1), END);
    }
    Matcher indexed = INDEXED.matcher(name);
    return indexed.matches()
        ? new TensorName(indexed.group(1), Integer.parseInt(indexed.group(2)))
        : new TensorName(name, 0);
  }

  /** Whether it is no tensor but the operation's end. */
  public boolean isControl() {
    return index == END;
  }

  /** With the index, also where that is 0. */
  @Override
  public String toString() {
    return isControl() ? "^" + operation : operation + ":" + index;
  }
}
