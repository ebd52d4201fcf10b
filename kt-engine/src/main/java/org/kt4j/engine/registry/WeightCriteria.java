package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.kt4j.api.WeightCriterion;
import org.kt4j.api.WeightCriterionProvider;

/** The criteria by which single weights are set to zero that configurations can name. */
@Singleton
public final class WeightCriteria extends Registry<WeightCriterionProvider<?>> {

  /** The criteria that Guice collected. */
  @Inject
  public WeightCriteria(Set<WeightCriterionProvider<?>> found) {
    super("criterion", found);
  }

  /**
   * Creates a criterion.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   */
  public WeightCriterion create(String name, Record options) {
    return create(provider(name), options);
  }

  private static <O extends Record> WeightCriterion create(
      WeightCriterionProvider<O> provider, Record options) {
    return provider.create(Options.cast(provider, options));
  }
}
