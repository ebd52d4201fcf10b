package org.kt4j.detection.training;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.kt4j.data.Picture;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.DetectionSplits;
import org.kt4j.detection.evaluation.Detection;
import org.kt4j.detection.evaluation.DetectionEvaluator;
import org.kt4j.detection.export.ExportedDetector;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.engine.export.MedianTime;
import org.kt4j.engine.source.Teachers;
import org.kt4j.engine.task.AnsweringModel;
import org.kt4j.engine.task.Answers;
import org.kt4j.engine.task.ComparedModels;
import org.kt4j.engine.task.TrainedRun;

/** The detectors of a run: its student, its exports and its teachers. */
record ComparedDetectors(
    DetectorFactory detectors,
    TrainedRun run,
    DetectionSplits data,
    DetectionDataset dataset,
    Path runs)
    implements ComparedModels {

  /** Pictures that speed is measured on at most. */
  private static final int TIMED = 20;

  @Override
  public String pictures() {
    return DetectionTask.described(dataset);
  }

  @Override
  public int count() {
    return dataset.size();
  }

  @Override
  public AnsweringModel student() {
    Detector detector = detectors.open(run);
    return new Model(
        run.described(),
        picture -> detector.detect(List.of(picture)).get(0),
        detector::close,
        dataset);
  }

  @Override
  public AnsweringModel export(Path folder) {
    ExportedDetector export = ExportedDetector.open(folder);
    return new Model(folder.toString(), export::detect, export::close, dataset);
  }

  @Override
  public Optional<AnsweringModel> teacher() {
    if (run.config().allTeachers().isEmpty()) {
      return Optional.empty();
    }
    FasterRcnn student = detectors.detector(run.config(), data.train().classes().size());
    Teachers teachers = detectors.teachers(run.config(), data, student, runs);
    List<Detector> opened = new ArrayList<>();
    Runnable closing =
        () -> {
          opened.forEach(Detector::close);
          teachers.close();
        };
    try {
      DetectorTeachersTogether together = new DetectorTeachersTogether(teachers.plans(), student);
      together.detectors().forEach(plan -> opened.add(DetectorTeachersTogether.opened(plan)));
      if (opened.isEmpty()) {
        closing.run(); // a classifier, which finds no boxes
        return Optional.empty();
      }
      return Optional.of(
          new Model(
              opened.size() > 1
                  ? Teachers.TOGETHER
                  : together.detectors().get(0).teacher().source(),
              picture ->
                  together.of(
                      opened.stream()
                          .map(detector -> detector.detect(List.of(picture)).get(0))
                          .toList()),
              closing,
              dataset));
    } catch (RuntimeException | Error e) {
      closing.run();
      throw e;
    }
  }

  /** Finds objects in a picture. */
  @FunctionalInterface
  private interface Finding {
    List<Detection> detect(Picture picture);
  }

  /** A detector and the pictures that it answers. */
  private record Model(String source, Finding finding, Runnable closing, DetectionDataset dataset)
      implements AnsweringModel {

    @Override
    public Answers answers(IntConsumer done) {
      DetectionEvaluator evaluator = new DetectionEvaluator(dataset.classes());
      List<List<Detection>> found = new ArrayList<>();
      for (int i = 0; i < dataset.size(); i++) {
        List<Detection> here = finding.detect(dataset.pixels(i));
        evaluator.add(dataset.objects(i), here);
        found.add(here);
        done.accept(i + 1);
      }
      return new Found(evaluator.scores().vocArea(), found);
    }

    @Override
    public Speed speed() {
      List<Picture> some =
          IntStream.range(0, Math.min(TIMED, dataset.size())).mapToObj(dataset::pixels).toList();
      double milliseconds =
          MedianTime.milliseconds(call -> finding.detect(some.get(call % some.size())));
      return new Speed(milliseconds, 1000 / milliseconds, 1);
    }

    @Override
    public void close() {
      closing.run();
    }
  }

  /**
   * What was found in each picture.
   *
   * @param score mean average precision
   */
  record Found(double score, List<List<Detection>> detections) implements Answers {

    /** What users are shown unless they ask for more. */
    private static final double SURE = 0.5;

    private static final double OVERLAP = 0.5;

    /**
     * Objects that both are sure of, as a share of those that one of them is sure of, on average.
     */
    @Override
    public OptionalDouble agreement(Answers other) {
      List<List<Detection>> others = ((Found) other).detections();
      int both = 0;
      int all = 0;
      for (int i = 0; i < detections.size(); i++) {
        List<Detection> left = sure(others.get(i));
        all += left.size();
        for (Detection each : sure(detections.get(i))) {
          all++;
          Optional<Detection> same =
              left.stream()
                  .filter(one -> one.label() == each.label())
                  .filter(one -> one.box().iou(each.box()) >= OVERLAP)
                  .max(Comparator.comparingDouble(one -> one.box().iou(each.box())));
          if (same.isPresent()) {
            left.remove(same.get());
            both++;
          }
        }
      }
      return OptionalDouble.of(all == 0 ? 1 : 2.0 * both / all);
    }

    private static List<Detection> sure(List<Detection> found) {
      return new ArrayList<>(
          found.stream().filter(detection -> detection.score() >= SURE).toList());
    }
  }
}
