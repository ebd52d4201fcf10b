package org.kt4j.engine.teacher;

import java.util.Collection;
import java.util.Set;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.graph.ImageGraph;

/**
 * Somebody who knows: a frozen function from pictures to taps, wherever it was trained and whatever
 * computes it. Whoever opened one closes it.
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
   * Taps that are no function of the picture alone and new in each step, such as those of regions
   * that the student chooses. They can neither be stored nor surveyed before training.
   */
  default Set<String> stepTaps() {
    return Set.of();
  }

  /**
   * What decides its answers: two teachers of one fingerprint have the same weights and see their
   * pictures in the same way. SHA-256, hexadecimal.
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
   * What to look at when it knows nothing of the data.
   *
   * @param place where it stands in the configuration
   */
  String advice(String place);

  /** Frees what an engine outside TensorFlow holds. */
  @Override
  default void close() {}
}
