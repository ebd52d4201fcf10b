package org.kt4j.data;

import java.util.Optional;
import org.kt4j.api.NamedProvider;

/**
 * Announces one data set; found by {@link java.util.ServiceLoader}. Implementations are public,
 * have a public constructor without parameters and read nothing before {@link #open}.
 *
 * @param <O> the options
 */
public interface DatasetProvider<O extends Record> extends NamedProvider<O> {

  /**
   * Reads or makes the images.
   *
   * @param options checked options
   * @throws DataException when files are missing, cut short or corrupt, or hold fewer images than
   *     asked for; the message names the file, what was expected, and the fix
   */
  DataSplits open(O options);

  /** Mean and standard deviation of the training images, as published or measured. */
  Normalization defaultNormalization();

  /** Where the files come from and how they are checked; empty when there is no public home. */
  default Optional<Download> download() {
    return Optional.empty();
  }

  /** What recognises data of this kind in a folder; empty when nothing does. */
  default Optional<FolderSearch> search() {
    return Optional.empty();
  }
}
