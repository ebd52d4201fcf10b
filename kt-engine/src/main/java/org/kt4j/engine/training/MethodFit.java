package org.kt4j.engine.training;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.api.KnowledgeTransferProvider;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.objective.ObjectiveException;
import org.kt4j.engine.objective.TermProblem;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.source.RunPlan;

/** Which methods suit the teacher and the student of an experiment, with their default options. */
public final class MethodFit {

  private final Methods methods;
  private final Trainer trainer;

  /** By the methods that there are. */
  @Inject
  public MethodFit(Methods methods, Trainer trainer) {
    this.methods = methods;
    this.trainer = trainer;
  }

  /**
   * Builds a term of every method once; nothing is trained, and nothing is written.
   *
   * @param plan of the experiment
   * @return what speaks against each method, by its name; nothing where it suits
   * @throws ConfigurationException when the experiment does not hold together
   */
  public Map<String, List<String>> of(RunPlan plan) {
    List<TermConfig> terms = new ArrayList<>();
    Map<String, List<String>> found = new LinkedHashMap<>();
    for (KnowledgeTransferProvider<?> method : methods.all()) {
      terms.add(new TermConfig(method.name(), TermConfig.Keys.defaults(), method.defaults()));
      found.put(method.name(), new ArrayList<>());
    }
    ExperimentConfig config = plan.config();
    List<PhaseConfig> phases = List.of(new PhaseConfig("methods", 1, terms, null, null));
    ExperimentConfig tried =
        config.with(config.student(), null, phases).stepsOf(config.batchSize());
    try {
      trainer.check(new RunPlan(tried, plan.folder(), plan.runs(), plan.replicas()));
    } catch (ObjectiveException e) {
      for (TermProblem problem : e.terms()) {
        String name = terms.get(problem.term()).term();
        found.computeIfAbsent(name, key -> new ArrayList<>()).add(problem.words());
      }
    }
    return found;
  }
}
