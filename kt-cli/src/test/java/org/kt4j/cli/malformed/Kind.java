package org.kt4j.cli.malformed;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** What a value is, as far as it decides which others cannot stand in its place. */
enum Kind {
  WHOLE,
  NUMBER,
  FLAG,
  /** A text that names something known: a network, a term. */
  NAME,
  /** A text of the user's. */
  TEXT,
  LIST,
  OBJECT,
  NOTHING;

  /** Keys whose text is a name that has to be known. */
  private static final Set<String> NAMING =
      Set.of("network", "term", "preset", "data.name", "optimizer.name", "schedule.name");

  /** The kind of a value. */
  static Kind of(JsonNode value, String pointer) {
    if (value.isIntegralNumber()) {
      return WHOLE;
    }
    if (value.isNumber()) {
      return NUMBER;
    }
    if (value.isBoolean()) {
      return FLAG;
    }
    if (value.isTextual()) {
      return NAMING.stream().anyMatch(pointer::endsWith) ? NAME : TEXT;
    }
    return value.isArray() ? LIST : value.isObject() ? OBJECT : NOTHING;
  }
}
