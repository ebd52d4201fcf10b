package org.kt4j.engine.objective;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.cache.FillListener;
import org.kt4j.engine.cache.KnowledgeCache;
import org.kt4j.engine.cache.KnowledgeDemand;
import org.kt4j.engine.cache.KnowledgeFile;
import org.kt4j.engine.cache.KnowledgeRequest;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.cache.Views;
import org.kt4j.engine.experiment.PhaseConfig;
import org.kt4j.engine.teacher.Teacher;

/**
 * Terms that learn from knowledge that is computed once.
 *
 * @param cache where it is kept
 * @param precision of its numbers
 * @param views the pixels of the training
 */
public record CachedKnowledge(KnowledgeCache cache, Precision precision, Views views) {

  /**
   * What terms learn from one teacher as far as it can be stored.
   *
   * @param terms one for each request of the demand
   */
  private record Asked(List<TeacherTerm> terms, KnowledgeDemand demand) {}

  /** What the terms want of each teacher; nothing is computed. */
  public List<KnowledgeDemand> wanted(
      ObjectiveTerms.Checked objective, Map<String, Teacher> teachers, List<PhaseConfig> phases) {
    return asked(objective, teachers, phases).stream()
        .map(Asked::demand)
        .filter(demand -> !demand.requests().isEmpty())
        .toList();
  }

  /** One pass over the pictures for each teacher, for all that is not there yet. */
  public ObjectiveTerms.Checked of(
      ObjectiveTerms.Checked objective,
      Map<String, Teacher> teachers,
      List<PhaseConfig> phases,
      FillListener listener) {
    // Two terms may ask the same and still be two.
    IdentityHashMap<TeacherTerm, KnowledgeFile> files = new IdentityHashMap<>();
    for (Asked asked : asked(objective, teachers, phases)) {
      List<KnowledgeFile> found = met(asked.demand(), listener);
      for (int q = 0; q < found.size(); q++) {
        files.put(asked.terms().get(q), found.get(q));
      }
    }
    return objective.with(
        ObjectiveTerms.mapped(
            objective.phases(),
            (term, teacherTerm) -> {
              @Nullable KnowledgeFile file = files.get(teacherTerm);
              return teacherTerm.with(teacherTerm.method(), file);
            }));
  }

  private List<Asked> asked(
      ObjectiveTerms.Checked objective, Map<String, Teacher> teachers, List<PhaseConfig> phases) {
    List<Asked> all = new ArrayList<>();
    teachers.forEach(
        (name, teacher) -> {
          List<TeacherTerm> teacherTerms = new ArrayList<>();
          List<KnowledgeRequest> requests = new ArrayList<>();
          for (int p = 0; p < phases.size(); p++) {
            List<Term> terms = objective.phases().get(p);
            for (int t = 0; t < terms.size(); t++) {
              String described = phases.get(p).objective().get(t).described();
              for (TeacherTerm teacherTerm : terms.get(t).teacherTerms()) {
                KnowledgeRequest request =
                    request(terms.get(t).label(teacherTerm), described, teacherTerm, objective);
                if (teacherTerm.teacher().equals(name) && isStorable(request, teacher)) {
                  teacherTerms.add(teacherTerm);
                  requests.add(request);
                }
              }
            }
          }
          all.add(
              new Asked(
                  teacherTerms,
                  new KnowledgeDemand(cache, name, teacher, views, precision, requests)));
        });
    return all;
  }

  /** What depends on the picture alone; other terms ask the teacher in every step. */
  private static boolean isStorable(KnowledgeRequest request, Teacher teacher) {
    return !request.taps().isEmpty() && Collections.disjoint(request.taps(), teacher.stepTaps());
  }

  /**
   * Requires a term whose knowledge is a function of the picture alone, where there are terms that
   * learn from a teacher.
   *
   * @throws ConfigurationException when every one reads what is new in each step
   */
  public static void requireStorable(
      ObjectiveTerms.Checked objective, Map<String, Teacher> teachers) {
    boolean anyOfStep = false;
    for (List<Term> terms : objective.phases()) {
      for (Term term : terms) {
        for (TeacherTerm each : term.teacherTerms()) {
          Teacher teacher = teachers.get(each.teacher());
          KnowledgeRequest request = request(term.label(each), "", each, objective);
          if (teacher != null && isStorable(request, teacher)) {
            return;
          }
          anyOfStep |= teacher != null && !request.taps().isEmpty();
        }
      }
    }
    if (anyOfStep) {
      throw ConfigurationException.of(
          "cache: every term reads what a teacher says of the regions of one step, which is new in"
              + " each step; fix: leave the cache out, or add a term that reads a feature map");
    }
  }

  private static List<KnowledgeFile> met(KnowledgeDemand demand, FillListener listener) {
    try {
      return demand.met(listener);
    } catch (IllegalArgumentException e) {
      throw ConfigurationException.of("cache: " + e.getMessage());
    }
  }

  private static KnowledgeRequest request(
      String label, String described, TeacherTerm teacherTerm, ObjectiveTerms.Checked objective) {
    TapShapes teacher = objective.teacher(teacherTerm);
    TapShapes student = objective.student();
    List<String> taps = teacherTerm.method().taps(teacher, student).teacher();
    return new KnowledgeRequest(
        label,
        described,
        taps,
        (tf, mounted) ->
            teacherTerm
                .method()
                .teach(tf, TermScope.teacherSide(label, teacher, student, taps, mounted.taps())));
  }
}
