package org.kt4j.spark;

import java.io.Serializable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Ports for the workers.
 *
 * @param first the smallest
 * @param last the largest
 */
record PortRange(int first, int last) implements Serializable {

  /** Below what Linux takes for outgoing connections. */
  static final String DEFAULT = "20000-29999";

  private static final Pattern TEXT = Pattern.compile("([0-9]{1,5})-([0-9]{1,5})");
  private static final int LEAST = 1024;
  private static final int MOST = 65535;

  static PortRange of(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      int first = Integer.parseInt(matcher.group(1));
      int last = Integer.parseInt(matcher.group(2));
      if (LEAST <= first && first <= last && last <= MOST) {
        return new PortRange(first, last);
      }
    }
    throw new BadInputException(
        "--ports: '"
            + text
            + "' is not allowed; allowed: the first and the last of 1024 to 65535, such as "
            + DEFAULT);
  }

  @Override
  public String toString() {
    return first + "-" + last;
  }
}
