package org.kt4j.engine.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collection;
import java.util.List;

/**
 * What a report has to know of the task of a run; {@code task.json}, there from the first epoch on.
 *
 * @param name of the task
 * @param metric what its scores are
 * @param labelTerms names of the terms that learn from labels; all others transfer
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record TaskFacts(String name, Metric metric, List<String> labelTerms) {

  /** Copies the list. */
  public TaskFacts {
    labelTerms = List.copyOf(labelTerms);
  }

  /** Those of an objective's terms that transfer, each once, in their order. */
  public List<String> transferTerms(Collection<String> terms) {
    return terms.stream().distinct().filter(term -> !labelTerms.contains(term)).toList();
  }
}
