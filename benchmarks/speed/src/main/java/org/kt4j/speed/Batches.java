package org.kt4j.speed;

import java.util.Collections;
import java.util.Iterator;
import org.kt4j.data.Batch;
import org.kt4j.data.BatchStream;

/** Epoch after epoch of a stream, without an end. */
final class Batches implements AutoCloseable {

  private final BatchStream stream;
  private Iterator<Batch> batches = Collections.emptyIterator();
  private int epochs;

  Batches(BatchStream stream) {
    this.stream = stream;
  }

  Batch next() {
    if (!batches.hasNext()) {
      batches = stream.epoch(epochs++, 0);
    }
    return batches.next();
  }

  @Override
  public void close() {
    stream.close();
  }
}
