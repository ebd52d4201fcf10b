package org.kt4j.engine.training;

import java.util.List;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.objective.Term;

/** Whether the steps of a training can be shared out to several workers. */
final class SharedWork {

  private SharedWork() {}

  /**
   * Checks that each worker gets as many pictures, and that every loss is a mean over them.
   *
   * @param workers how many there are
   * @param batch pictures in a step of all of them together
   * @param objective the terms of each phase
   * @throws ConfigurationException when it is not so
   */
  static void require(int workers, int batch, List<List<Term>> objective) {
    if (batch % workers != 0) {
      throw ConfigurationException.of(
          "batch-size: "
              + batch
              + " pictures of all workers together cannot be shared out evenly to "
              + workers
              + " workers; allowed: a multiple of "
              + workers
              + ", such as "
              + Math.max(1, batch / workers) * workers);
    }
    requireOwnRows(workers, objective);
  }

  /**
   * Checks that every loss is a mean over the pictures.
   *
   * @throws ConfigurationException when it is not so, and there are several workers
   */
  static void requireOwnRows(int workers, List<List<Term>> objective) {
    for (List<Term> phase : objective) {
      for (Term term : phase) {
        boolean relates =
            term.teacherTerms().stream().anyMatch(each -> each.method().relatesPictures());
        if (workers > 1 && relates) {
          throw ConfigurationException.of(
              "the term '"
                  + term.label()
                  + "' relates the pictures of a batch to each other, and each of "
                  + workers
                  + " workers sees its own rows of the batch only, so that its loss would be"
                  + " another one; fix: one worker, or another term");
        }
      }
    }
  }
}
