package org.kt4j.engine.experiment;

import org.jspecify.annotations.Nullable;

/**
 * The weights that a student begins with, instead of random ones: those that the source has under
 * the same name. So a student begins with a backbone that was trained on another task, or on other
 * classes.
 *
 * @param source where they come from
 * @param head what becomes of the layer with an output for each class; null where it is taken from
 *     the source if that knows as many classes, and begun fresh if not
 */
public record StartConfig(WeightSource source, @Nullable Head head) {

  /** What becomes of the layer with an output for each class. */
  public enum Head {
    /** It begins with random weights, also where the source knows as many classes. */
    FRESH,
    /** It is taken from the source; other classes there are an error. */
    KEPT
  }

  /** Weights whose head is taken where it fits. */
  public StartConfig(WeightSource source) {
    this(source, null);
  }

  /** The same from another source. */
  StartConfig from(WeightSource other) {
    return new StartConfig(other, head);
  }
}
