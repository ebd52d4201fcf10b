package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kt4j.data.DataException;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;
import org.kt4j.data.ImageDataset;
import org.slf4j.LoggerFactory;

/** The data sets that configurations can name. */
@Singleton
public final class Datasets extends Registry<DatasetProvider<?>> {

  /** A suite opens its data for every run. */
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  /** The data sets that Guice collected. */
  @Inject
  public Datasets(Set<DatasetProvider<?>> found) {
    super("data set", found);
  }

  /**
   * Opens a data set, and warns of classes without pictures to train or to test on.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   * @throws DataException when there is nothing to train or nothing to test on
   */
  public DataSplits open(String name, Record options) {
    DataSplits splits = open(provider(name), options);
    requireSome(splits.train(), "train");
    requireSome(splits.test(), "test");
    for (String gap : splits.gaps()) {
      if (SAID.add(gap)) {
        // Not a constant: a log back end takes longer to start than a list of data sets to print.
        LoggerFactory.getLogger(Datasets.class).warn("{}", gap);
      }
    }
    return splits;
  }

  private static void requireSome(ImageDataset part, String effect) {
    if (part.size() == 0) {
      throw new DataException(
          part.name() + ": holds no picture to " + effect + " on; expected: at least 1");
    }
  }

  private static <O extends Record> DataSplits open(DatasetProvider<O> provider, Record options) {
    return provider.open(Options.cast(provider, options));
  }
}
