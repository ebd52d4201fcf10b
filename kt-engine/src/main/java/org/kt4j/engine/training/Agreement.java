package org.kt4j.engine.training;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.ThisProcess;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.replica.ReplicaException;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.run.Environment;
import org.kt4j.engine.source.RunPlan;
import org.kt4j.engine.task.PhaseTraining;
import org.kt4j.engine.task.PreparedRun;
import org.kt4j.engine.teacher.Fingerprint;

/**
 * Whether several workers are about to do the same. Workers that are not would mean gradients of
 * different weights or data without anyone noticing.
 */
final class Agreement {

  private Agreement() {}

  /**
   * Compares versions, configuration and data.
   *
   * @throws ReplicaException naming the worker that differs, and in what
   */
  static void require(RunPlan plan, ExperimentReader reader, PreparedRun prepared) {
    Replicas replicas = plan.replicas();
    if (replicas.alone()) {
      return;
    }
    Environment here = ThisProcess.environment();
    require(
        replicas,
        "version",
        "kt4j "
            + here.kt4j()
            + ", TensorFlow "
            + here.tensorflow()
            + (here.oneDnn() ? " with" : " without")
            + " oneDNN",
        "the same installation of kt4j on all machines");
    require(
        replicas,
        "configuration",
        // What was made for this run lies where each worker has its runs.
        reader.write(plan.config()).replace(plan.runs().toString(), "runs"),
        "the same file, and the same --set and --seed, for all workers");
    require(
        replicas, "data set", prepared.dataDigest(), "the same files of the data on all machines");
  }

  /**
   * Compares the weights of student, terms, optimizer and teachers.
   *
   * @throws ReplicaException naming the worker that differs
   */
  static void requireSameWeights(Replicas replicas, PhaseTraining training) {
    if (replicas.alone()) {
      return;
    }
    var step = training.distillation();
    List<Variable> ours = new ArrayList<>(step.student().all());
    ours.addAll(step.auxiliary().all());
    ours.addAll(step.slots().all());
    ours.addAll(step.masks().variables().all());
    require(replicas, "set of weights", digest(training, ours), "starting all workers again");
    require(
        replicas,
        "teacher",
        digest(training, step.frozen()),
        "the same files of the teachers' weights on all machines");
  }

  private static String digest(PhaseTraining training, Collection<Variable> variables) {
    Fingerprint digest = new Fingerprint();
    variables.forEach(each -> digest.add(each.path()));
    training.graph().read(variables).forEach(digest::add);
    return digest.hex();
  }

  /** Compares one text, which all give. */
  static void require(Replicas replicas, String what, String own, String fix) {
    List<String> all =
        replicas.all(own.getBytes(StandardCharsets.UTF_8)).stream()
            .map(each -> new String(each, StandardCharsets.UTF_8))
            .toList();
    for (int r = 1; r < all.size(); r++) {
      if (!all.get(r).equals(all.get(0))) {
        throw new ReplicaException(
            replicas.name(r)
                + " has another "
                + what
                + " than "
                + replicas.name(0)
                + " ("
                + FirstDifference.of(all.get(r), all.get(0))
                + "); fix: "
                + fix);
      }
    }
  }
}
