package org.kt4j.engine.registry;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Set;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.api.KnowledgeTransferProvider;

/** The methods that terms of an objective can name. */
@Singleton
public final class Methods extends Registry<KnowledgeTransferProvider<?>> {

  /** The methods that Guice collected. */
  @Inject
  public Methods(Set<KnowledgeTransferProvider<?>> found) {
    super("term", found);
  }

  /**
   * Creates a method.
   *
   * @param name a known name
   * @param options of the record type that belongs to the name
   */
  public KnowledgeTransfer create(String name, Record options) {
    return create(provider(name), options);
  }

  private static <O extends Record> KnowledgeTransfer create(
      KnowledgeTransferProvider<O> provider, Record options) {
    return provider.create(Options.cast(provider, options));
  }
}
