package org.kt4j.speed;

import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.registry.Methods;

/** Terms by what a configuration says behind {@code term:}, such as {@code nst, weight: 50}. */
final class TermText {

  private TermText() {}

  static Term read(ExperimentReader reader, Methods methods, String text) {
    TermConfig term =
        reader
            .parse(
                "benchmark",
                "{data: {name: shapes}, student: {network: resnet-8}, phases: [{name: one, epochs:"
                    + " 1, objective: [{term: "
                    + text
                    + "}]}]}")
            .phases()
            .get(0)
            .objective()
            .get(0);
    return new Term(term.term(), term.weight(), methods.create(term.term(), term.options()));
  }
}
