package org.kt4j.detection.data;

import org.kt4j.data.DatasetProvider;

/**
 * A data set with boxes. A detector sees whole pictures; a classifier, through {@link #open}, sees
 * the objects, cut out: so a backbone can learn to classify what it will have to find.
 *
 * @param <O> the options
 */
public interface DetectionDatasetProvider<O extends Record> extends DatasetProvider<O> {

  /**
   * Reads or makes the pictures' list and boxes; pictures themselves may be read when they are
   * asked for.
   *
   * @param options checked options
   * @throws org.kt4j.data.DataException when files are missing or wrong; the message names the
   *     file, what was expected, and the fix
   */
  DetectionSplits openDetection(O options);
}
