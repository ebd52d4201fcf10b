package org.kt4j.engine.task;

import java.util.List;
import org.kt4j.data.Picture;

/** A trained student that answers pictures of any size. Not for several threads at once. */
public interface Predictor extends AutoCloseable {

  /** How many pictures at once are fast. */
  int batchSize();

  /**
   * Prepares a picture for the network; may be called from another thread.
   *
   * @return what {@link #predict} takes
   */
  Prepared prepare(Picture picture);

  /** Answers pictures, in their order. */
  List<Prediction> predict(List<Prepared> pictures);

  /** A picture that only has to be answered. */
  interface Prepared {}

  @Override
  void close();
}
