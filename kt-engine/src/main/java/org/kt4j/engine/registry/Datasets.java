package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.kt4j.data.DataSplits;
import org.kt4j.data.DatasetProvider;

/** The data sets that configurations can name. */
@Singleton
public final class Datasets extends Registry<DatasetProvider<?>> {

  /** The data sets that Guice collected. */
  @Inject
  public Datasets(Set<DatasetProvider<?>> found) {
    super("data set", found);
  }

  /**
   * Opens a data set.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   */
  public DataSplits open(String name, Record options) {
    return open(provider(name), options);
  }

  private static <O extends Record> DataSplits open(DatasetProvider<O> provider, Record options) {
    return provider.open(Options.cast(provider, options));
  }
}
