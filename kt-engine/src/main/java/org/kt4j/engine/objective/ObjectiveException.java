package org.kt4j.engine.objective;

import java.util.List;
import org.kt4j.config.ConfigurationException;

/** Terms of an objective cannot be built for a teacher and a student. */
public final class ObjectiveException extends ConfigurationException {

  private static final long serialVersionUID = 1L;

  private final TermProblem[] terms;

  ObjectiveException(List<TermProblem> terms) {
    super(terms.stream().map(TermProblem::located).toList());
    this.terms = terms.toArray(new TermProblem[0]);
  }

  /** The problems of each term, in the order of the terms. */
  public List<TermProblem> terms() {
    return List.of(terms);
  }
}
