package org.kt4j.engine.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.Collection;
import java.util.List;

/**
 * What a report needs to know of the task of a run; {@code task.json}, written before the first
 * epoch.
 *
 * @param name of the task
 * @param metric of its scores
 * @param labelTerms names of the terms that learn from labels; all others learn from a teacher
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record TaskFacts(String name, Metric metric, List<String> labelTerms) {

  /** Copies the list. */
  public TaskFacts {
    labelTerms = List.copyOf(labelTerms);
  }

  /** The terms of an objective that learn from a teacher, each once, in their order. */
  public List<String> transferTerms(Collection<String> terms) {
    return terms.stream().distinct().filter(term -> !labelTerms.contains(term)).toList();
  }
}
