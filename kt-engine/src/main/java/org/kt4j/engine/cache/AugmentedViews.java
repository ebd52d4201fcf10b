package org.kt4j.engine.cache;

import java.util.Iterator;
import org.kt4j.data.Augmentation;
import org.kt4j.data.Batch;
import org.kt4j.data.BatchStream;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.teacher.Fingerprint;

/**
 * The views of a data set that {@link BatchStream} draws.
 *
 * @param dataset the training pictures
 * @param augmentation with fixed views, or none
 * @param normalization its mean is what cutout fills with
 */
public record AugmentedViews(
    ImageDataset dataset, Augmentation augmentation, Normalization normalization) implements Views {

  /** Checks that there is an end of views. */
  public AugmentedViews {
    if (augmentation.fixedViews() == 0) {
      throw new IllegalArgumentException("fresh augmentation has no fixed views");
    }
  }

  /** Of pictures that are shown without augmentation. */
  public static AugmentedViews asTheyAre(ImageDataset dataset) {
    return new AugmentedViews(
        dataset, Augmentation.none(), Normalization.none(dataset.shape().channels()));
  }

  @Override
  public int pictures() {
    return dataset.size();
  }

  @Override
  public ImageShape shape() {
    return dataset.shape();
  }

  @Override
  public String name() {
    return dataset.name();
  }

  @Override
  public int count() {
    return augmentation.fixedViews();
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint =
        new Fingerprint()
            .add(dataset.shape())
            .add(dataset.size())
            .add(augmentation.isNone() ? "as they are" : drawn());
    byte[] pixels = new byte[dataset.shape().bytes()];
    for (int i = 0; i < dataset.size(); i++) {
      dataset.copyImage(i, pixels, 0);
      fingerprint.add(pixels);
    }
    return fingerprint.hex();
  }

  @Override
  public String drawn() {
    if (augmentation.isNone()) {
      return "as they are";
    }
    String cutout =
        augmentation.cutout() == 0
            ? ""
            : ", cutout " + augmentation.cutout() + " of " + normalization.mean();
    return "crop-padding "
        + augmentation.cropPadding()
        + (augmentation.flip() ? ", flip" : "")
        + cutout;
  }

  @Override
  public Reader open(int batchSize) {
    return new StreamReader(
        new BatchStream(dataset, batchSize, augmentation, normalization, 0, false, false));
  }

  /** A stream whose epoch {@code v} is view {@code v}, in the pictures' order. */
  private record StreamReader(BatchStream stream) implements Reader {

    @Override
    public Iterator<Batch> view(int view, int firstBatch) {
      return stream.epoch(view, firstBatch);
    }

    @Override
    public void close() {
      stream.close();
    }
  }
}
