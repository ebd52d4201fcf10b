package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.TermConfig;
import org.kt4j.engine.experiment.TermWeight;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.objective.Term;
import org.kt4j.engine.run.TermGradients;
import org.kt4j.engine.run.TrainingException;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.TrainingListener;

/**
 * Looks at the gradient of each term: before the first step of a phase, for weights that are a
 * share of the labels' gradient, and after each epoch, to show which term pulls the student how far
 * and whether terms pull against each other.
 */
final class GradientWatch {

  /** One look in so many steps takes less than a hundredth of the time. */
  private static final long STEPS = 200;

  /** Batches that a weight is measured on. */
  private static final int BATCHES = 4;

  private final PhaseTraining training;
  private final List<Term> terms;
  private final String phase;

  /** The first batch of the run, which is a function of the seed; null before the first look. */
  private PhaseTraining.@Nullable Step fixed;

  /**
   * Watches a phase.
   *
   * @param terms of the phase
   * @param phase its name, for messages
   */
  GradientWatch(PhaseTraining training, List<Term> terms, String phase) {
    this.training = training;
    this.terms = terms;
    this.phase = phase;
  }

  /**
   * Checks that each weight that is a share has something that it is a share of.
   *
   * @param labelTerms names of the terms that learn from labels
   * @throws ConfigurationException when a phase has a share and no label term
   */
  static void require(ExperimentConfig config, List<String> labelTerms) {
    List<String> problems = new ArrayList<>();
    for (int p = 0; p < config.phases().size(); p++) {
      List<TermConfig> objective = config.phases().get(p).objective();
      boolean labels =
          objective.stream()
              .anyMatch(term -> labelTerms.contains(term.term()) && hasNumber(term.weight()));
      for (int t = 0; t < objective.size(); t++) {
        TermConfig term = objective.get(t);
        boolean share = term.weight() instanceof TermWeight.Share;
        if (share && (!labels || labelTerms.contains(term.term()))) {
          problems.add(
              "phases["
                  + p
                  + "].objective["
                  + t
                  + "].weight: a share is one of the gradient of the terms that learn from labels ("
                  + String.join(", ", labelTerms)
                  + "), "
                  + (labels ? "and this is one of them" : "and the phase has none with a weight")
                  + "; fix: a number");
        }
      }
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
  }

  private static boolean hasNumber(TermWeight weight) {
    return !(weight instanceof TermWeight.Share) && weight.at(0, 1) > 0;
  }

  /**
   * Sets the weights that are given as shares, on batches of the student as it is.
   *
   * @param labelTerms names of the terms that learn from labels
   * @param done the number of steps of the run before
   * @param listener is told the weights
   * @throws TrainingException when a gradient is zero or not finite
   */
  void measureWeights(List<String> labelTerms, long done, TrainingListener listener) {
    Map<String, Variable> measured = training.distillation().measured();
    if (measured.isEmpty()) {
      return;
    }
    List<TermGradients> seen = new ArrayList<>();
    Iterator<PhaseTraining.Step> batches = training.epoch(0);
    while (batches.hasNext() && seen.size() < BATCHES) {
      seen.add(batches.next().gradients(done));
    }
    List<String> labels =
        terms.stream().map(Term::label).filter(label -> isOf(label, labelTerms)).toList();
    double reference = mean(seen, each -> each.length(labels));
    requireLength(reference, "the terms that learn from labels have");
    Map<Variable, float[]> weights = new LinkedHashMap<>();
    for (Term term : terms) {
      Variable variable = measured.get(term.label());
      if (variable != null && term.weight() instanceof TermWeight.Share wanted) {
        double before = training.graph().read(variable)[0];
        double own = mean(seen, each -> each.length(List.of(term.label()))) / before;
        requireLength(own, "the term '" + term.label() + "' has");
        double weight = wanted.share() * reference / own;
        weights.put(variable, new float[] {(float) weight});
        listener.weightMeasured(term.label(), weight);
      }
    }
    training.graph().assign(weights);
  }

  /** Labels of a term that stands several times end with a number. */
  private static boolean isOf(String label, List<String> names) {
    return names.stream().anyMatch(name -> label.matches(name + "(-[0-9]+)?"));
  }

  private static double mean(List<TermGradients> seen, ToDoubleFunction<TermGradients> length) {
    return seen.stream().mapToDouble(length).average().orElse(0);
  }

  private void requireLength(double length, String who) {
    if (!(length > 0 && Double.isFinite(length))) {
      throw new TrainingException(
          String.format(
              Locale.ROOT,
              "phase '%s': weight: {share}: %s a gradient of the length %s before the first step,"
                  + " of which there is no share; fix: a number as weight",
              phase,
              who,
              length));
    }
  }

  /**
   * The gradients after an epoch, on the batch that is the same in every epoch.
   *
   * @param before the number of steps of the run before the epoch
   * @param done the same after it
   * @return null where one term is alone, a gradient is not finite, or fewer than 200 steps came
   *     after the last look
   */
  @Nullable TermGradients after(long before, long done) {
    if (terms.size() < 2 || before / STEPS == done / STEPS) {
      return null;
    }
    PhaseTraining.Step batch = fixed == null ? training.epoch(0).next() : fixed;
    fixed = batch;
    TermGradients gradients = batch.gradients(done);
    return gradients.isFinite() ? gradients : null;
  }
}
