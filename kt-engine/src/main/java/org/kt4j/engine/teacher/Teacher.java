package org.kt4j.engine.teacher;

import java.util.Collection;
import java.util.Set;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.graph.ImageGraph;

/**
 * A frozen function from pictures to the activations at taps, wherever it was trained and whatever
 * computes it. The caller that opened a teacher closes it.
 */
public interface Teacher extends AutoCloseable {

  /** Where it comes from, for messages. */
  String source();

  /**
   * Every tap with its shape, the logits among them: {@code [-1, H, W, C]} or {@code [-1, K]},
   * whatever layout the teacher itself computes in.
   */
  TapShapes taps();

  /**
   * Step taps: taps that depend on the training step and not on the picture alone, such as those of
   * regions that the student chooses. They can neither be cached nor used for calibration.
   */
  default Set<String> stepTaps() {
    return Set.of();
  }

  /**
   * Whether it takes pixels as they are, with the normalization inside, so that none in a
   * configuration would reach it.
   */
  default boolean normalisesItself() {
    return false;
  }

  /**
   * Whether a tap's numbers depend on which other taps are read, so that what was stored with
   * others is something else.
   */
  default boolean dependsOnReads() {
    return false;
  }

  /**
   * A hash of what decides its activations: two teachers with one fingerprint have the same weights
   * and the same preprocessing. SHA-256, hexadecimal.
   *
   * @throws WeightsException when the weights cannot be read
   */
  String fingerprint();

  /**
   * Adds the teacher, in evaluation mode, to a graph.
   *
   * @param graph where its pictures are fed
   * @param scope the first part of the names of its operations, unique in the graph
   * @param read the taps that will be read; others may be missing there
   */
  MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read);

  /**
   * Advice on what to check when it is no better than chance.
   *
   * @param place where it stands in the configuration
   */
  String advice(String place);

  /** Frees what an engine outside TensorFlow holds. */
  @Override
  default void close() {}
}
