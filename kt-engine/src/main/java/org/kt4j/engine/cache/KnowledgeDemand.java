package org.kt4j.engine.cache;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.engine.teacher.Teacher;

/**
 * What terms want to know of one teacher.
 *
 * @param cache where it is kept
 * @param teacher asked only for what is missing
 * @param views the pixels
 * @param precision of the numbers
 * @param requests of the terms; equal ones are computed once
 */
public record KnowledgeDemand(
    KnowledgeCache cache,
    Teacher teacher,
    Views views,
    Precision precision,
    List<KnowledgeRequest> requests) {

  /**
   * Which pass over the pictures meets the demand: demands for which this is equal can be joined,
   * whichever runs they are of. Reads the weights of the teacher.
   */
  public List<Object> pass() {
    return List.of(
        cache.folder().toAbsolutePath().normalize(),
        teacher.fingerprint(),
        views.fingerprint(),
        views.count(),
        precision);
  }

  /** This demand, with the requests of another of the same {@link #pass}. */
  public KnowledgeDemand with(KnowledgeDemand other) {
    List<KnowledgeRequest> both = new ArrayList<>(requests);
    both.addAll(other.requests);
    return new KnowledgeDemand(cache, teacher, views, precision, both);
  }

  /**
   * The knowledge, computed now as far as it is not there.
   *
   * @param listener told how it goes
   * @return a file for each request, ready to be read
   * @throws CacheException when the folder cannot be written, has no room, or a number cannot be
   *     stored
   */
  public List<KnowledgeFile> met(FillListener listener) {
    return requests.isEmpty()
        ? List.of()
        : cache.provide(teacher, views, precision, requests, listener);
  }
}
