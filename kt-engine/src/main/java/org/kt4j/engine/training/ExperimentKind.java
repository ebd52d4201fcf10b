package org.kt4j.engine.training;

import org.kt4j.engine.experiment.ExperimentConfig;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.registry.Datasets;
import org.kt4j.engine.registry.Methods;
import org.kt4j.engine.registry.Networks;

/**
 * A kind of experiment beside classification, such as detection; found by {@link
 * java.util.ServiceLoader}. Implementations have a public constructor without parameters.
 */
public interface ExperimentKind {

  /**
   * What configurations can name, and how they are read.
   *
   * @param methods of terms
   * @param networks of students and teachers
   * @param datasets of pictures
   * @param reader of configurations
   */
  record Known(Methods methods, Networks networks, Datasets datasets, ExperimentReader reader) {}

  /** Whether an experiment is of this kind. */
  boolean suits(ExperimentConfig config);

  /**
   * Checks everything that can be checked before any teacher is there.
   *
   * @throws org.kt4j.engine.config.ConfigurationException when the configuration does not hold
   *     together
   */
  Task prepare(RunPlan plan, Known known);
}
