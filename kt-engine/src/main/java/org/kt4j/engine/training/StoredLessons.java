package org.kt4j.engine.training;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.cache.Question;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.teacher.Teacher;

/**
 * Lessons from knowledge that is computed once.
 *
 * @param cache where it is kept
 * @param precision of its numbers
 * @param views the pixels of the training
 */
record StoredLessons(KnowledgeCache cache, Precision precision, Views views) {

  /** One pass over the pictures for each teacher, for all that is not there yet. */
  ObjectiveTerms.Checked of(
      ObjectiveTerms.Checked objective,
      Map<String, Teacher> teachers,
      List<PhaseConfig> phases,
      FillListener listener) {
    // Two terms may ask the same and still be two.
    IdentityHashMap<Lesson, KnowledgeFile> files = new IdentityHashMap<>();
    teachers.forEach(
        (name, teacher) -> {
          List<Lesson> lessons = new ArrayList<>();
          List<Question> questions = new ArrayList<>();
          for (int p = 0; p < phases.size(); p++) {
            List<Term> terms = objective.phases().get(p);
            for (int t = 0; t < terms.size(); t++) {
              String described = phases.get(p).objective().get(t).described();
              for (Lesson lesson : terms.get(t).lessons()) {
                Question question =
                    question(terms.get(t).label(lesson), described, lesson, objective);
                if (lesson.teacher().equals(name) && !question.taps().isEmpty()) {
                  lessons.add(lesson);
                  questions.add(question);
                }
              }
            }
          }
          List<KnowledgeFile> found = provided(teacher, questions, listener);
          for (int q = 0; q < lessons.size(); q++) {
            files.put(lessons.get(q), found.get(q));
          }
        });
    return objective.with(
        ObjectiveTerms.mapped(
            objective.phases(),
            (term, lesson) -> {
              @Nullable KnowledgeFile file = files.get(lesson);
              return lesson.with(lesson.method(), file);
            }));
  }

  private List<KnowledgeFile> provided(
      Teacher teacher, List<Question> questions, FillListener listener) {
    if (questions.isEmpty()) {
      return List.of();
    }
    try {
      return cache.provide(teacher, views, precision, questions, listener);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of("cache: " + e.getMessage());
    }
  }

  private static Question question(
      String label, String described, Lesson lesson, ObjectiveTerms.Checked objective) {
    TapShapes teacher = objective.teacher(lesson);
    TapShapes student = objective.student();
    List<String> taps = lesson.method().taps(teacher, student).teacher();
    return new Question(
        label,
        described,
        taps,
        (tf, mounted) ->
            lesson
                .method()
                .teach(tf, TermScope.teacherSide(label, teacher, student, taps, mounted.taps())));
  }
}
