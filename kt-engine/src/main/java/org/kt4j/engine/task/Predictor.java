package org.kt4j.engine.task;

import java.util.List;
import org.kt4j.data.Picture;

/**
 * A trained student that predicts for pictures of any size. It must not be used by several threads
 * at once.
 */
public interface Predictor extends AutoCloseable {

  /** The batch size that is fast. */
  int batchSize();

  /**
   * Prepares a picture for the network; may be called from another thread.
   *
   * @return what {@link #predict} takes
   */
  Prepared prepare(Picture picture);

  /** Predicts for pictures, in their order. */
  List<Prediction> predict(List<Prepared> pictures);

  /** A picture that is prepared for the network. */
  interface Prepared {}

  @Override
  void close();
}
