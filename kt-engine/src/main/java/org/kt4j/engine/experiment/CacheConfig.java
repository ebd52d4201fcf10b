package org.kt4j.engine.experiment;

import java.nio.file.Path;
import org.kt4j.api.Description;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.Precision;

/**
 * Where the teachers' knowledge is kept, so that it is computed once.
 *
 * @param folder of the files
 * @param precision of the numbers
 */
public record CacheConfig(
    @Description("of the files, from the working directory") Path folder,
    @Description("of the numbers; half takes half the room") Precision precision) {

  /** The folder {@code cache}, with all that the teacher computed. */
  public static CacheConfig defaults() {
    return new CacheConfig(KnowledgeCache.FOLDER, Precision.SINGLE);
  }
}
