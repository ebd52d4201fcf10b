package org.kt4j.detection.training;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.kt4j.data.Batch;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.teacher.Fingerprint;

/**
 * The fixed views of a detector's training pictures.
 *
 * @param training the pictures
 * @param shape that a detector sees
 * @param fill the colour of what comes from beyond the border
 * @param range that views are drawn from
 * @param count of views
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record TransformedViews(
    ScaledPictures training, ImageShape shape, float[] fill, RandomTransform.Range range, int count)
    implements Views {

  @Override
  public int pictures() {
    return training.size();
  }

  @Override
  public String name() {
    return training.data().name();
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint =
        new Fingerprint().add(shape).add(training.size()).add(drawn()).add(fill.length);
    for (int i = 0; i < training.size(); i++) {
      fingerprint.add(training.picture(i).pixels());
    }
    return fingerprint.hex();
  }

  @Override
  public String drawn() {
    return range.equals(RandomTransform.Range.NONE)
        ? "scaled, as they are"
        : "scaled to fit, scale-jitter "
            + range.jitter()
            + ", crop-padding "
            + range.shift()
            + (range.flip() ? ", flip" : "");
  }

  @Override
  public Reader open(int batchSize) {
    return new TransformReader(this, batchSize);
  }

  private record TransformReader(TransformedViews views, int batchSize) implements Reader {

    @Override
    public Iterator<Batch> view(int view, int firstBatch) {
      int size = views.pictures();
      return new Iterator<>() {
        private int first = firstBatch * batchSize;

        @Override
        public boolean hasNext() {
          return first < size;
        }

        @Override
        public Batch next() {
          if (!hasNext()) {
            throw new NoSuchElementException();
          }
          int count = Math.min(batchSize, size - first);
          byte[] images = new byte[count * views.shape.bytes()];
          int[] indices = new int[count];
          for (int i = 0; i < count; i++) {
            indices[i] = first + i;
            PictureScaling.Scaled scaled = views.training.picture(first + i);
            RandomTransform.ofView(
                    view, first + i, views.range, views.shape, scaled.height(), scaled.width())
                .of(
                    scaled.pixels(),
                    views.shape,
                    scaled.width(),
                    views.fill,
                    images,
                    i * views.shape.bytes());
          }
          first += count;
          return new Batch(images, new int[count], indices, count, view);
        }
      };
    }

    @Override
    public void close() {}
  }
}
