package org.kt4j.cli.malformed;

/**
 * What a mutation did.
 *
 * @param what in words, for the list of findings
 */
record Change(String what, Damage damage) {

  /** How much of a valid file is left. */
  enum Damage {
    /** All of it. */
    NONE,
    /** There is nothing to read: missing, empty, a folder, a link to nowhere. */
    LOST,
    /** The end is missing. */
    CUT,
    /** It is another text or other bytes, which may by chance be valid. */
    OTHER,
    /** It is in another encoding, or holds characters that no text of this format may hold. */
    ENCODING,
    /** A value is one that cannot stand there. */
    WRONG_VALUE,
    /** A value is another one, which may be allowed. */
    OTHER_VALUE
  }

  boolean is(Damage... any) {
    for (Damage each : any) {
      if (damage == each) {
        return true;
      }
    }
    return false;
  }
}
