package org.kt4j.engine.objective;

import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.engine.cache.KnowledgeFile;

/**
 * What a term learns from one teacher.
 *
 * @param teacher the teacher's name
 * @param share of this teacher in the loss of its term; the shares of a term are one together
 * @param method what computes it
 * @param stored the knowledge, where it was computed before
 */
public record TeacherTerm(
    String teacher, double share, KnowledgeTransfer method, @Nullable KnowledgeFile stored) {

  /** The name of a teacher that has no other beside it. */
  public static final String ONLY_TEACHER = "teacher";

  /** What a term learns from a teacher who is there. */
  public TeacherTerm(String teacher, double share, KnowledgeTransfer method) {
    this(teacher, share, method, null);
  }

  /** The same by another method, or from knowledge computed before. */
  TeacherTerm with(KnowledgeTransfer other, @Nullable KnowledgeFile from) {
    return new TeacherTerm(teacher, share, other, from);
  }
}
