package org.kt4j.data;

/**
 * Images and labels for one step. The arrays belong to the caller that took the batch; they are
 * never written again by the stream.
 *
 * @param images uint8, {@code [size, H, W, C]}
 * @param labels class indices, {@code [size]}
 * @param indices each image's index in the data set, {@code [size]}
 * @param size how many images; the last batch of an epoch may hold fewer
 * @param view which of the augmentation's fixed views they show; {@link Augmentation#FRESH} when
 *     each epoch draws its own
 */
@SuppressWarnings("ArrayRecordComponent") // raw arrays go to native memory without another copy
public record Batch(byte[] images, int[] labels, int[] indices, int size, int view) {

  /** A batch that shows no fixed view. */
  public Batch(byte[] images, int[] labels, int[] indices, int size) {
    this(images, labels, indices, size, Augmentation.FRESH);
  }
}
