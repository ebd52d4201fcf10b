package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionScores;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.source.TeacherPlan;

/**
 * The teachers of a run that are detectors themselves, each alone and all as one. Together they
 * find what any of them finds, without a box that overlaps one of its class with a higher score
 * (non-maximum suppression over all their boxes).
 */
final class DetectorTeachersTogether {

  private final List<TeacherPlan> detectors;
  private final FasterRcnn student;
  private final Function<DetectorAnswers, float[]> ask;

  /** The same of teachers that are asked now. */
  DetectorTeachersTogether(List<TeacherPlan> plans, FasterRcnn student) {
    this(plans, student, answers -> answers.computed(Replicas.one()));
  }

  /**
   * Creates it from these teachers; those that are not detectors are left out.
   *
   * @param student whose overlap of detections decides which are the same
   * @param ask gives the rows of all pictures
   */
  DetectorTeachersTogether(
      List<TeacherPlan> plans, FasterRcnn student, Function<DetectorAnswers, float[]> ask) {
    this.detectors =
        plans.stream().filter(plan -> plan.teacher() instanceof DetectorTeacher).toList();
    this.student = student;
    this.ask = ask;
  }

  /** Those that are detectors. */
  List<TeacherPlan> detectors() {
    return detectors;
  }

  /** The scores of one teacher. */
  DetectionScores scores(TeacherPlan plan, ScaledPictures pictures) {
    return Finder.scores(pictures, found(plan, pictures));
  }

  /** The scores of all teachers together. */
  DetectionScores scores(ScaledPictures pictures) {
    return Finder.scores(pictures, found(pictures));
  }

  /** The detections of all teachers together, picture by picture, with decreasing scores. */
  List<List<Detection>> found(ScaledPictures pictures) {
    List<List<List<Detection>>> each =
        detectors.stream().map(plan -> found(plan, pictures)).toList();
    List<List<Detection>> together = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      int picture = i;
      together.add(of(each.stream().map(one -> one.get(picture)).toList()));
    }
    return together;
  }

  /** What each found in a picture, as that of one detector. */
  List<Detection> of(List<List<Detection>> each) {
    return each.size() == 1
        ? each.get(0)
        : suppressed(
            each.stream().flatMap(List::stream).toList(),
            student.options().detectionOverlap(),
            student.options().detections());
  }

  private List<List<Detection>> found(TeacherPlan plan, ScaledPictures pictures) {
    DetectorAnswers answers = new DetectorAnswers(plan, pictures);
    return answers.read(ask.apply(answers));
  }

  /** Loads one of {@link #detectors}; the caller closes it. */
  static Detector opened(TeacherPlan plan) {
    DetectorTeacher teacher = (DetectorTeacher) plan.teacher();
    return new Detector(teacher.detector(), teacher.normalization(), teacher.weights());
  }

  /** Greedy non-maximum suppression, class by class. */
  static List<Detection> suppressed(List<Detection> all, double overlap, int most) {
    List<Detection> kept = new ArrayList<>();
    for (Detection next :
        all.stream().sorted(Comparator.comparingDouble(Detection::score).reversed()).toList()) {
      boolean free =
          kept.stream()
              .noneMatch(
                  surer -> surer.label() == next.label() && surer.box().iou(next.box()) > overlap);
      if (free && kept.size() < most) {
        kept.add(next);
      }
    }
    return kept;
  }
}
