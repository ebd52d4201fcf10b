package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.kt4j.api.FilterCriterion;
import org.kt4j.api.FilterCriterionProvider;

/** The criteria by which filters are removed that configurations can name. */
@Singleton
public final class FilterCriteria extends Registry<FilterCriterionProvider<?>> {

  /** The criteria that Guice collected. */
  @Inject
  public FilterCriteria(Set<FilterCriterionProvider<?>> found) {
    super("criterion", found);
  }

  /**
   * Creates a criterion.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   */
  public FilterCriterion create(String name, Record options) {
    return create(provider(name), options);
  }

  private static <O extends Record> FilterCriterion create(
      FilterCriterionProvider<O> provider, Record options) {
    return provider.create(Options.cast(provider, options));
  }
}
