package org.kt4j.spark;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line: our options, which stand anywhere as {@code --name value} or {@code
 * --name=value}, and the rest.
 */
final class Arguments {

  private static final int MOST = 1_000_000;

  private final Map<String, String> values = new HashMap<>();
  private final List<String> rest = new ArrayList<>();

  /**
   * Sorts a command line.
   *
   * @param known the options that are ours
   */
  Arguments(List<String> given, Set<String> known) {
    for (int i = 0; i < given.size(); i++) {
      String each = given.get(i);
      int equals = each.indexOf('=');
      String name = equals < 0 ? each : each.substring(0, equals);
      if (!known.contains(name)) {
        rest.add(each);
        continue;
      }
      if (equals < 0 && i + 1 == given.size()) {
        throw new BadInputException(name + ": its value is missing");
      }
      String value = equals < 0 ? given.get(++i) : each.substring(equals + 1);
      if (value.isEmpty()) {
        throw new BadInputException(name + ": its value is empty");
      }
      if (values.putIfAbsent(name, value) != null) {
        throw new BadInputException(name + ": is given twice; allowed: once");
      }
    }
  }

  /** What is not ours, in its order. */
  List<String> rest() {
    return List.copyOf(rest);
  }

  Optional<String> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /** A whole number. */
  int number(String name, int least, int unlessGiven) {
    String value = values.get(name);
    if (value == null) {
      return unlessGiven;
    }
    if (value.matches("[0-9]{1,7}")) {
      int number = Integer.parseInt(value);
      if (number >= least && number <= MOST) {
        return number;
      }
    }
    throw new BadInputException(
        name
            + ": '"
            + value
            + "' is not allowed; allowed: a whole number from "
            + least
            + " to "
            + MOST);
  }
}
