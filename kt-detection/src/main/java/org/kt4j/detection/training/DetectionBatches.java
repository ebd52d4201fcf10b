package org.kt4j.detection.training;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.kt4j.data.Augmentation;
import org.kt4j.data.DataException;
import org.kt4j.data.DrawKey;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Share;
import org.kt4j.detection.data.LabelledBox;

/**
 * Training batches, assembled a little ahead by a thread of their own. Order and views are
 * functions of (seed, epoch, picture); what does not fill a batch is left out. One of several
 * workers gets its rows of each batch.
 */
final class DetectionBatches implements AutoCloseable {

  /** Keeps the draws apart from those of other purposes. */
  private static final long ORDER = 0x6F7264L;

  private static final long VIEWS = 0x766965L;

  private static final int AHEAD = 3;

  private final ScaledPictures pictures;
  private final ImageShape shape;
  private final float[] fill;
  private final int batchSize;
  private final RandomTransform.Range range;
  private final int views;
  private final long seed;
  private final Share share;
  private final ExecutorService assembler;

  DetectionBatches(
      ScaledPictures pictures,
      ImageShape shape,
      float[] fill,
      int batchSize,
      RandomTransform.Range range,
      int views,
      long seed,
      Share share) {
    this.pictures = pictures;
    this.shape = shape;
    this.fill = fill.clone();
    this.batchSize = batchSize;
    this.range = range;
    this.views = views;
    this.seed = seed;
    this.share = share;
    this.assembler =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "kt-detection-batches");
              thread.setDaemon(true);
              return thread;
            });
  }

  Iterator<DetectionBatch> epoch(int epoch) {
    int[] order = IntStream.range(0, pictures.size()).toArray();
    DrawKey.shuffle(DrawKey.random(ORDER, seed, epoch), order);
    int batches = pictures.size() / batchSize;
    Deque<Future<DetectionBatch>> coming = new ArrayDeque<>();
    return new Iterator<>() {
      private int asked;
      private int given;

      @Override
      public boolean hasNext() {
        return given < batches;
      }

      @Override
      public DetectionBatch next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        while (asked < Math.min(batches, given + AHEAD)) {
          int batch = asked++;
          coming.add(assembler.submit(() -> assembled(epoch, order, batch)));
        }
        given++;
        return taken(coming.remove());
      }
    };
  }

  private static DetectionBatch taken(Future<DetectionBatch> coming) {
    try {
      return coming.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while waiting for a batch");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DataException known) {
        throw known;
      }
      throw new DataException("a batch cannot be made: " + e.getCause(), e);
    }
  }

  private DetectionBatch assembled(int epoch, int[] order, int batch) {
    int first = batch * batchSize + share.from(batchSize);
    int size = share.to(batchSize) - share.from(batchSize);
    byte[] images = new byte[size * shape.bytes()];
    float[] areas = new float[2 * size];
    int[] indices = new int[size];
    List<List<LabelledBox>> objects = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      int index = order[first + i];
      indices[i] = index;
      PictureScaling.Scaled scaled = pictures.picture(index);
      RandomTransform view = transform(epoch, index, scaled);
      view.of(scaled.pixels(), shape, scaled.width(), fill, images, i * shape.bytes());
      objects.add(view.of(pictures.objects(index), shape, scaled.height(), scaled.width()));
      areas[2 * i] =
          (float) Math.min(shape.height(), view.factor() * scaled.height() + view.down());
      areas[2 * i + 1] =
          (float) Math.min(shape.width(), view.factor() * scaled.width() + view.right());
    }
    return new DetectionBatch(images, objects, areas, indices, view(epoch));
  }

  /** Which of the fixed views an epoch shows. */
  private int view(int epoch) {
    return views == 0 ? Augmentation.FRESH : epoch % views;
  }

  private RandomTransform transform(int epoch, int index, PictureScaling.Scaled scaled) {
    if (views > 0) {
      return RandomTransform.ofView(
          view(epoch), index, range, shape, scaled.height(), scaled.width());
    }
    SplittableRandom random = DrawKey.random(VIEWS, seed, epoch, index);
    return RandomTransform.draw(random, range, shape, scaled.height(), scaled.width());
  }

  @Override
  public void close() {
    assembler.shutdownNow();
  }
}
