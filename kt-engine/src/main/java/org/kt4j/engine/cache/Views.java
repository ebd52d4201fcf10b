package org.kt4j.engine.cache;

import org.kt4j.engine.data.Augmentation;
import org.kt4j.engine.data.BatchStream;
import org.kt4j.engine.data.ImageDataset;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.teacher.Fingerprint;

/**
 * The pixels that a training will show: every fixed view of every picture.
 *
 * @param pictures the training pictures
 * @param augmentation with fixed views, or none
 * @param normalization its mean is what cutout fills with
 */
public record Views(ImageDataset pictures, Augmentation augmentation, Normalization normalization) {

  /** Checks that there is an end of views. */
  public Views {
    if (augmentation.fixedViews() == 0) {
      throw new IllegalArgumentException("fresh augmentation has no fixed views");
    }
  }

  /** How many pictures one picture becomes. */
  public int count() {
    return augmentation.fixedViews();
  }

  /** Of all pixels; the number of views does not count, for a view does not depend on it. */
  String fingerprint() {
    Fingerprint fingerprint =
        new Fingerprint()
            .add(pictures.shape())
            .add(pictures.size())
            .add(augmentation.isNone() ? "as they are" : drawn());
    byte[] pixels = new byte[pictures.shape().bytes()];
    for (int i = 0; i < pictures.size(); i++) {
      pictures.copyImage(i, pixels, 0);
      fingerprint.add(pixels);
    }
    return fingerprint.hex();
  }

  /** In words, without the number of views. */
  String drawn() {
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

  /** A stream whose epoch {@code v} is view {@code v}, in the pictures' order. */
  BatchStream stream(int batchSize) {
    return new BatchStream(pictures, batchSize, augmentation, normalization, 0, false, false);
  }
}
