package org.kt4j.engine.teacher;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Weights that are read once, when they are first needed, so that a network can be checked before
 * it has been trained. Not for use by several threads at once.
 */
public final class LazyWeights implements Supplier<Weights> {

  private final Supplier<Weights> source;
  private @Nullable Weights known;

  /** Weights from a source that is asked once. */
  public LazyWeights(Supplier<Weights> source) {
    this.source = source;
  }

  @Override
  public Weights get() {
    Weights weights = known;
    if (weights == null) {
      weights = source.get();
      known = weights;
    }
    return weights;
  }
}
