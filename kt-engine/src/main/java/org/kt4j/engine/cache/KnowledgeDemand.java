package org.kt4j.engine.cache;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.kt4j.engine.teacher.Teacher;

/**
 * What terms want to know of one teacher.
 *
 * @param cache where it is kept
 * @param name of the teacher in its configuration
 * @param teacher asked only for what is missing
 * @param views the pixels
 * @param precision of the numbers
 * @param requests of the terms; equal ones are computed once
 */
public record KnowledgeDemand(
    KnowledgeCache cache,
    String name,
    Teacher teacher,
    Views views,
    Precision precision,
    List<KnowledgeRequest> requests) {

  /** The taps that are read. */
  public Set<String> taps() {
    Set<String> taps = new TreeSet<>();
    requests.forEach(request -> taps.addAll(request.taps()));
    return taps;
  }

  /** The same teacher, asked for something else. */
  public KnowledgeDemand asking(List<KnowledgeRequest> others) {
    return new KnowledgeDemand(cache, name, teacher, views, precision, others);
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
