package org.kt4j.engine.training;

import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.engine.cache.KnowledgeFile;

/**
 * What a term learns from one teacher.
 *
 * @param teacher the teacher's name
 * @param share of this lesson in the loss of its term; the shares of a term are one together
 * @param method what computes it
 * @param stored the knowledge, where it was computed before
 */
public record Lesson(
    String teacher, double share, KnowledgeTransfer method, @Nullable KnowledgeFile stored) {

  /** The name of a teacher that has no other beside it. */
  public static final String ONLY_TEACHER = "teacher";

  /** A lesson of a teacher who is there. */
  public Lesson(String teacher, double share, KnowledgeTransfer method) {
    this(teacher, share, method, null);
  }

  /** The same lesson by another method, or from knowledge computed before. */
  Lesson with(KnowledgeTransfer other, @Nullable KnowledgeFile from) {
    return new Lesson(teacher, share, other, from);
  }
}
