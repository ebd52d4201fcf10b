package org.kt4j.engine.objective;

import java.util.List;
import org.kt4j.api.KnowledgeTransfer;
import org.kt4j.engine.experiment.TermWeight;

/**
 * One weighted part of the objective. Its loss is the mean of the losses of its teachers, weighted
 * by their shares; of KD that has the gradient of learning from the mean of the teachers' softened
 * probabilities.
 *
 * @param label its name in progress, metrics and the graph; unique within its objective
 * @param weight the factor of its loss
 * @param teacherTerms one for each teacher that it learns from; exactly one if it has no teacher
 */
public record Term(String label, TermWeight weight, List<TeacherTerm> teacherTerms) {

  /** Copies the list. */
  public Term {
    teacherTerms = List.copyOf(teacherTerms);
  }

  /** A term that learns from the only teacher, or without a teacher. */
  public Term(String label, double weight, KnowledgeTransfer method) {
    this(label, TermWeight.of(weight), method);
  }

  /** A term that learns from the only teacher, or without a teacher. */
  public Term(String label, TermWeight weight, KnowledgeTransfer method) {
    this(label, weight, List.of(new TeacherTerm(TeacherTerm.ONLY_TEACHER, 1, method)));
  }

  /** The name of a teacher term in the graph; labels contain no dot. */
  public String label(TeacherTerm teacherTerm) {
    return teacherTerms.size() == 1 ? label : label + "." + teacherTerm.teacher();
  }
}
