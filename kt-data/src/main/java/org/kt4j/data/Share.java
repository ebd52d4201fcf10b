package org.kt4j.data;

/**
 * The part of each batch that one of several workers takes: neighbouring rows, in the order of the
 * workers, so that all shares side by side are the batch.
 *
 * @param rank of the worker, from 0
 * @param count of all workers, 1 or more
 */
public record Share(int rank, int count) {

  /** The share of a worker that is alone. */
  public static final Share WHOLE = new Share(0, 1);

  /** Checks the ranges. */
  public Share {
    if (count < 1 || rank < 0 || rank >= count) {
      throw new IllegalArgumentException("rank " + rank + " of " + count + " workers");
    }
  }

  /** The first row of a batch that belongs to this share. */
  public int from(int rows) {
    return Math.toIntExact((long) rows * rank / count);
  }

  /** The row behind the last one. */
  public int to(int rows) {
    return Math.toIntExact((long) rows * (rank + 1) / count);
  }
}
