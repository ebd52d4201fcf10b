package org.kt4j.engine.objective;

import java.io.Serializable;

/**
 * Why a term of an objective cannot be built.
 *
 * @param phase its place in the configuration, from 0
 * @param term its place in the objective of the phase, from 0
 * @param label the term's name; "" where the words say which it is
 * @param words what is wrong
 */
public record TermProblem(int phase, int term, String label, String words) implements Serializable {

  /** As a line that names the place. */
  String located() {
    return "phases["
        + phase
        + "].objective["
        + term
        + "]: "
        + (label.isEmpty() ? "" : "term '" + label + "': ")
        + words;
  }
}
