package org.kt4j.cli;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;

/** Values of one option with commas between. */
final class CommaList {

  private CommaList() {}

  /**
   * The values, each once, none empty.
   *
   * @param option what they were given to, for the message
   * @param allowed what a value is, in the plural
   */
  static List<String> of(String option, String given, String allowed) {
    List<String> values = Arrays.stream(given.split(",", -1)).map(String::strip).toList();
    if (values.stream().anyMatch(String::isEmpty)) {
      throw new BadInputException(
          option
              + ": '"
              + given
              + "' has nothing before or after a comma; allowed: "
              + allowed
              + " with one comma between two");
    }
    if (new HashSet<>(values).size() < values.size()) {
      throw new BadInputException(option + ": " + values + " names one twice; allowed: each once");
    }
    return values;
  }
}
