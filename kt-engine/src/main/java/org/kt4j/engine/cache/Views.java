package org.kt4j.engine.cache;

import java.util.Iterator;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;

/** The pixels that a training will show: every fixed view of every picture. */
public interface Views {

  /** The number of pictures. */
  int pictures();

  /** The size of each view. */
  ImageShape shape();

  /** What the pictures are called, for messages. */
  String name();

  /** How many views one picture has. */
  int count();

  /**
   * Of all pixels: two views of one fingerprint show the same. The number of views does not count,
   * for a view does not depend on it. SHA-256, hexadecimal.
   */
  String fingerprint();

  /** How a view is drawn, in words, without the number of views. */
  String drawn();

  /** Opens the views, to be read one after another. */
  Reader open(int batchSize);

  /** Reads views. */
  interface Reader extends AutoCloseable {

    /**
     * All pictures in one view, in their order; beginning another ends it.
     *
     * @param view from 0
     * @param firstBatch where to begin
     */
    Iterator<Batch> view(int view, int firstBatch);

    @Override
    void close();
  }
}
