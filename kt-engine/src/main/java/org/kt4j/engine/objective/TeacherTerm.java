package org.kt4j.engine.objective;

import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.engine.cache.KnowledgeFile;

/**
 * The part of a term that learns from one teacher.
 *
 * @param teacher the teacher's name
 * @param share of this teacher in the loss of its term; the shares of a term are one together
 * @param method that computes knowledge and loss
 * @param stored the cached knowledge; null if the teacher is run in each step
 */
public record TeacherTerm(
    String teacher, double share, KnowledgeTransfer method, @Nullable KnowledgeFile stored) {

  /** The name of a teacher that is the only one. */
  public static final String ONLY_TEACHER = "teacher";

  /** A teacher term whose teacher is run in each step. */
  public TeacherTerm(String teacher, double share, KnowledgeTransfer method) {
    this(teacher, share, method, null);
  }

  /** The same by another method, or from knowledge computed before. */
  TeacherTerm with(KnowledgeTransfer other, @Nullable KnowledgeFile from) {
    return new TeacherTerm(teacher, share, other, from);
  }
}
