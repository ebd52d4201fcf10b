package org.kt4j.data;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The batches of each epoch, assembled and augmented by a background thread a few ahead of the
 * reader.
 *
 * <p>The order of an epoch is a pure function of (seed, epoch), and each image's augmentation of
 * (seed, epoch, index), so reading may start at any batch of any epoch and gives what it would have
 * given in a run from the start.
 *
 * <pre>{@code
 * try (BatchStream stream = BatchStream.training(data, 64, Augmentation.defaults(), norm, 1)) {
 *   for (int epoch = 0; epoch < 12; epoch++) {
 *     Iterator<Batch> batches = stream.epoch(epoch, 0);
 *     while (batches.hasNext()) { step(batches.next()); }
 *   }
 * }
 * }</pre>
 *
 * One reader at a time: asking for an epoch ends the one before.
 */
public final class BatchStream implements AutoCloseable {

  /** Batches assembled ahead; enough to hide a pause of the collector. */
  private static final int AHEAD = 4;

  /** Keeps the draws of the shuffle apart from those of augmentation. */
  private static final long STREAM = 0x53687566L;

  private final ImageDataset data;
  private final int batchSize;
  private final Augmentation augmentation;
  private final byte[] fill;
  private final long seed;
  private final boolean shuffle;
  private final boolean dropLast;
  private final Share share;
  private @Nullable Epoch current;
  private boolean closed;

  /**
   * A stream over a data set.
   *
   * @param data the images
   * @param batchSize images in a batch, at least 1
   * @param augmentation what happens to each image
   * @param normalization its mean is the colour that cutout fills with
   * @param seed fixes order and augmentation
   * @param shuffle whether each epoch has an order of its own; otherwise the data set's order
   * @param dropLast whether a last batch with fewer images is left out
   * @throws DataException when not a single batch would come out, or the channels do not fit
   */
  public BatchStream(
      ImageDataset data,
      int batchSize,
      Augmentation augmentation,
      Normalization normalization,
      long seed,
      boolean shuffle,
      boolean dropLast) {
    this(data, batchSize, augmentation, normalization, seed, shuffle, dropLast, Share.WHOLE);
  }

  private BatchStream(
      ImageDataset data,
      int batchSize,
      Augmentation augmentation,
      Normalization normalization,
      long seed,
      boolean shuffle,
      boolean dropLast,
      Share share) {
    if (batchSize < 1) {
      throw new DataException("batch size: " + batchSize + " is not allowed; allowed: at least 1");
    }
    if (normalization.channels() != data.shape().channels()) {
      throw new DataException(
          data.name()
              + ": a normalization of "
              + normalization.channels()
              + " channels does not fit images of "
              + data.shape()
              + "; fix: give one mean and one std per channel");
    }
    if (dropLast && data.size() < batchSize) {
      throw new DataException(
          data.name()
              + ": "
              + data.size()
              + " images do not fill one batch of "
              + batchSize
              + "; allowed: a batch size up to "
              + data.size());
    }
    this.data = data;
    this.batchSize = batchSize;
    this.augmentation = augmentation;
    this.fill = normalization.meanColour();
    this.seed = seed;
    this.shuffle = shuffle;
    this.dropLast = dropLast;
    this.share = share;
  }

  /** For training: shuffled, augmented, whole batches only. */
  public static BatchStream training(
      ImageDataset data,
      int batchSize,
      Augmentation augmentation,
      Normalization normalization,
      long seed) {
    return training(data, batchSize, augmentation, normalization, seed, Share.WHOLE);
  }

  /**
   * For training by several workers: the rows of one of them, out of the very batches that {@link
   * #training(ImageDataset, int, Augmentation, Normalization, long)} gives.
   *
   * @param batchSize images in a batch of all workers together
   */
  public static BatchStream training(
      ImageDataset data,
      int batchSize,
      Augmentation augmentation,
      Normalization normalization,
      long seed,
      Share share) {
    return new BatchStream(data, batchSize, augmentation, normalization, seed, true, true, share);
  }

  /** For evaluation: every image once, as it is, in the data set's order. */
  public static BatchStream evaluation(
      ImageDataset data, int batchSize, Normalization normalization) {
    return new BatchStream(data, batchSize, Augmentation.none(), normalization, 0, false, false);
  }

  /** How many batches an epoch has. */
  public int batchesPerEpoch() {
    return dropLast ? data.size() / batchSize : (data.size() + batchSize - 1) / batchSize;
  }

  /**
   * Starts an epoch; the one before it, if any, ends.
   *
   * <p>{@code next()} of the iterator waits for the background thread; it throws what that thread
   * met, as a {@link DataException} that names the batch, and {@link CancellationException} when
   * the stream was closed or the reading thread interrupted (whose interrupt flag stays set).
   *
   * @param epoch from 0
   * @param firstBatch the batch to start with, 0 to {@link #batchesPerEpoch()}
   */
  public synchronized Iterator<Batch> epoch(int epoch, int firstBatch) {
    if (closed) {
      throw new IllegalStateException("the batch stream of " + data.name() + " is closed");
    }
    Objects.checkIndex(firstBatch, batchesPerEpoch() + 1);
    stopCurrent();
    Epoch started = new Epoch(epoch, firstBatch);
    current = started;
    started.thread.start();
    return started;
  }

  /**
   * Ends the background thread; a caller that waits for a batch gets a {@link
   * CancellationException}.
   */
  @Override
  public synchronized void close() {
    closed = true;
    stopCurrent();
  }

  private void stopCurrent() {
    if (current != null) {
      current.stop();
      current = null;
    }
  }

  /** The order of an epoch: indices into the data set. */
  int[] order(int epoch) {
    int[] order = IntStream.range(0, data.size()).toArray();
    if (shuffle) {
      DrawKey.shuffle(DrawKey.random(STREAM, seed, epoch), order);
    }
    return order;
  }

  /** Assembles one batch on the calling thread. */
  Batch assemble(int epoch, int[] order, int batch) {
    int whole = Math.min(batchSize, order.length - batch * batchSize);
    int first = batch * batchSize + share.from(whole);
    int size = share.to(whole) - share.from(whole);
    int imageBytes = data.shape().bytes();
    byte[] images = new byte[Math.multiplyExact(size, imageBytes)]; // [size, H, W, C]
    int[] labels = new int[size];
    int[] indices = new int[size];
    byte[] original = new byte[imageBytes];
    for (int i = 0; i < size; i++) {
      int index = order[first + i];
      indices[i] = index;
      labels[i] = data.label(index);
      if (augmentation.isNone()) {
        data.copyImage(index, images, i * imageBytes);
      } else {
        data.copyImage(index, original, 0);
        augmentation.apply(
            original, data.shape(), fill, seed, epoch, index, images, i * imageBytes);
      }
    }
    return new Batch(images, labels, indices, size, augmentation.view(epoch));
  }

  /** A batch, or what kept it from being made. */
  private record Made(@Nullable Batch batch, @Nullable Throwable fault) {}

  /** One epoch: the thread that fills the queue and the reader's end of it. */
  private final class Epoch implements Iterator<Batch> {

    private final int epoch;
    private final BlockingQueue<Made> queue = new ArrayBlockingQueue<>(AHEAD);
    private final Thread thread;
    private int following;
    private volatile boolean stopped;

    Epoch(int epoch, int firstBatch) {
      this.epoch = epoch;
      this.following = firstBatch;
      this.thread = new Thread(() -> fill(firstBatch), "kt-batches-" + data.name());
      this.thread.setDaemon(true);
    }

    void stop() {
      stopped = true;
      thread.interrupt();
    }

    private void fill(int firstBatch) {
      int batch = firstBatch;
      try {
        int[] order = order(epoch);
        for (; batch < batchesPerEpoch() && !stopped; batch++) {
          queue.put(new Made(assemble(epoch, order, batch), null));
        }
      } catch (InterruptedException e) {
        stopped = true; // only stop() interrupts this thread
      } catch (Throwable fault) { // it reaches the reader, who rethrows it
        if (!stopped) { // else it comes of our own interrupt
          offer(fault);
        }
      }
    }

    private void offer(Throwable fault) {
      try {
        queue.put(new Made(null, fault));
      } catch (InterruptedException e) {
        stopped = true;
      }
    }

    @Override
    public boolean hasNext() {
      return following < batchesPerEpoch();
    }

    @Override
    public Batch next() {
      if (!hasNext()) {
        throw new NoSuchElementException("epoch " + epoch + " has no batch " + following);
      }
      Made made = take();
      if (made.fault() != null) {
        stopped = true;
        throw failure(made.fault());
      }
      following++;
      return Objects.requireNonNull(made.batch());
    }

    private Made take() {
      try {
        while (!stopped) {
          // A bounded wait, so that close() by another thread is noticed.
          Made made = queue.poll(100, TimeUnit.MILLISECONDS);
          if (made != null) {
            return made;
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CancellationException("interrupted while waiting for a batch of " + data.name());
      }
      throw new CancellationException("epoch " + epoch + " of " + data.name() + " was ended");
    }

    private RuntimeException failure(Throwable fault) {
      if (fault instanceof Error error) {
        throw error;
      }
      String reason = fault.getMessage() == null ? fault.toString() : fault.getMessage();
      return new DataException(
          data.name() + ": batch " + following + " of epoch " + epoch + ": " + reason, fault);
    }
  }
}
