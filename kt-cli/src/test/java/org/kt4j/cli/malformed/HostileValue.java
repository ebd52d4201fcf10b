package org.kt4j.cli.malformed;

import static org.kt4j.cli.malformed.Kind.FLAG;
import static org.kt4j.cli.malformed.Kind.LIST;
import static org.kt4j.cli.malformed.Kind.NAME;
import static org.kt4j.cli.malformed.Kind.NUMBER;
import static org.kt4j.cli.malformed.Kind.OBJECT;
import static org.kt4j.cli.malformed.Kind.TEXT;
import static org.kt4j.cli.malformed.Kind.WHOLE;

import java.util.List;
import java.util.Set;

/**
 * A value that programs stumble over.
 *
 * @param token as it stands in the file
 * @param what the token, or in words where it is long
 * @param wrongFor in whose place it is an error in any format
 */
record HostileValue(String token, String what, Set<Kind> wrongFor) {

  private static final Set<Kind> ANY = Set.of(WHOLE, NUMBER, FLAG, NAME, TEXT, LIST, OBJECT);
  private static final Set<Kind> NONE = Set.of();

  /** What JSON can hold, and YAML as well. */
  static final List<HostileValue> OF_JSON =
      List.of(
          of("null", NONE),
          of("-1", Set.of(FLAG, NAME, LIST, OBJECT)),
          of("0", Set.of(NAME, LIST, OBJECT)),
          of("0.5", Set.of(WHOLE, FLAG, NAME, LIST, OBJECT)),
          of("2147483647", Set.of(FLAG, NAME, LIST, OBJECT)),
          of("2147483648", Set.of(FLAG, NAME, LIST, OBJECT)),
          of("99999999999999999999", Set.of(WHOLE, FLAG, NAME, LIST, OBJECT)),
          of("1e308", Set.of(WHOLE, FLAG, NAME, LIST, OBJECT)),
          of("1e999", Set.of(WHOLE, FLAG, NAME, LIST, OBJECT)),
          of("\"\"", Set.of(WHOLE, NUMBER, FLAG, NAME, LIST, OBJECT)),
          of("\"no-such-name\"", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          of("\"NaN\"", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          of("\"../../..\"", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          of("\"a\\u0000b\"", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          of("\"\\ud83d\"", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          of("true", Set.of(WHOLE, NUMBER, NAME, LIST, OBJECT)),
          of("[]", Set.of(WHOLE, NUMBER, FLAG, NAME, TEXT, OBJECT)),
          of("{}", Set.of(WHOLE, NUMBER, FLAG, NAME, TEXT, LIST)),
          of("[null]", Set.of(WHOLE, NUMBER, FLAG, NAME, TEXT, OBJECT)),
          new HostileValue(
              "\"" + "x".repeat(100_000) + "\"",
              "a text of 100,000 characters",
              Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)),
          new HostileValue(
              "9".repeat(2_000), "a number of 2,000 digits", Set.of(WHOLE, FLAG, NAME)),
          new HostileValue("[".repeat(500) + "]".repeat(500), "500 lists in each other", ANY),
          new HostileValue(
              "[".repeat(20_000) + "]".repeat(20_000), "20,000 lists in each other", ANY));

  /** What only YAML can hold. */
  static final List<HostileValue> OF_YAML =
      List.of(
          of(".nan", Set.of(WHOLE, NUMBER, FLAG, NAME, LIST, OBJECT)),
          of("-.inf", Set.of(WHOLE, NUMBER, FLAG, NAME, LIST, OBJECT)),
          of("~", NONE),
          of("&a [*a]", ANY),
          of("*nothing", ANY),
          of("!no-such-tag 1", NONE),
          of("no-such-name", Set.of(WHOLE, NUMBER, FLAG, NAME, OBJECT)));

  private static HostileValue of(String token, Set<Kind> wrongFor) {
    return new HostileValue(token, token, wrongFor);
  }
}
