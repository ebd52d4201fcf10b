package org.kt4j.detection.evaluation;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.kt4j.detection.data.LabelledBox;

/**
 * Collects what a detector finds, picture after picture, and scores it as PASCAL VOC and COCO do.
 *
 * <p>PASCAL VOC: Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, IJCV 2010,
 * section 4.2, and its development kits. COCO: Lin et al., Microsoft COCO, ECCV 2014, and
 * pycocotools, with its limit of the 100 surest detections of each class in a picture. Differs from
 * pycocotools: the area of an object is that of its box, not of its outline.
 *
 * <p>Not for use by several threads at once.
 */
public final class DetectionEvaluator {

  private static final double VOC_OVERLAP = 0.5;

  /** 0.5, 0.55, ..., 0.95. */
  private static final double[] COCO_OVERLAPS =
      IntStream.range(0, 10).mapToDouble(step -> (50 + 5 * step) / 100.0).toArray();

  private static final int AT_50 = 0;
  private static final int AT_75 = 5;

  private final List<String> classes;
  private final List<List<ClassPicture>> pictures = new ArrayList<>(); // by label

  /**
   * Starts without pictures.
   *
   * @param classes the class names by label
   */
  public DetectionEvaluator(List<String> classes) {
    this.classes = List.copyOf(classes);
    this.classes.forEach(name -> pictures.add(new ArrayList<>()));
  }

  /**
   * Adds a picture.
   *
   * @param objects what there is
   * @param found what was found, in any order; of equal scores, the one that was added first counts
   *     first
   * @throws IllegalArgumentException when a label is not that of a class, or a score is no number
   */
  public void add(List<LabelledBox> objects, List<Detection> found) {
    objects.forEach(object -> requireLabel(object.label()));
    for (Detection detection : found) {
      requireLabel(detection.label());
      if (Double.isNaN(detection.score())) {
        throw new IllegalArgumentException(detection + ": the score is no number");
      }
    }
    for (int label = 0; label < classes.size(); label++) {
      int wanted = label;
      List<ClassPicture.Target> targets =
          objects.stream()
              .filter(object -> object.label() == wanted)
              .map(object -> new ClassPicture.Target(object.box(), object.difficult()))
              .toList();
      List<Detection> detections =
          found.stream().filter(detection -> detection.label() == wanted).toList();
      if (!targets.isEmpty() || !detections.isEmpty()) {
        pictures.get(label).add(new ClassPicture(targets, detections));
      }
    }
  }

  /** Scores the pictures that were added so far. */
  public DetectionScores scores() {
    List<DetectionScores.ClassScores> ofClasses = new ArrayList<>();
    Map<AreaRange, List<double[]>> coco = new EnumMap<>(AreaRange.class); // by label and overlap
    for (int label = 0; label < classes.size(); label++) {
      CocoMatching matching = new CocoMatching(pictures.get(label));
      for (AreaRange range : AreaRange.values()) {
        coco.computeIfAbsent(range, ignored -> new ArrayList<>())
            .add(
                DoubleStream.of(COCO_OVERLAPS)
                    .map(overlap -> matching.match(overlap, range).mean())
                    .toArray());
      }
      AveragePrecision voc = VocMatching.match(pictures.get(label), VOC_OVERLAP);
      ofClasses.add(
          new DetectionScores.ClassScores(
              classes.get(label),
              pictures.get(label).stream().mapToInt(ClassPicture::counted).sum(),
              voc.area(),
              voc.elevenPoint(),
              mean(DoubleStream.of(of(coco, AreaRange.ALL).get(label))),
              voc.levels()));
    }
    return new DetectionScores(
        mean(ofClasses.stream().mapToDouble(DetectionScores.ClassScores::vocArea)),
        mean(ofClasses.stream().mapToDouble(DetectionScores.ClassScores::voc2007)),
        mean(of(coco, AreaRange.ALL).stream().flatMapToDouble(DoubleStream::of)),
        mean(of(coco, AreaRange.ALL).stream().mapToDouble(overlaps -> overlaps[AT_50])),
        mean(of(coco, AreaRange.ALL).stream().mapToDouble(overlaps -> overlaps[AT_75])),
        mean(of(coco, AreaRange.SMALL).stream().flatMapToDouble(DoubleStream::of)),
        mean(of(coco, AreaRange.MEDIUM).stream().flatMapToDouble(DoubleStream::of)),
        mean(of(coco, AreaRange.LARGE).stream().flatMapToDouble(DoubleStream::of)),
        ofClasses);
  }

  private static List<double[]> of(Map<AreaRange, List<double[]>> coco, AreaRange range) {
    return coco.getOrDefault(range, List.of());
  }

  /** The mean of what is defined; NaN when nothing is. */
  private static double mean(DoubleStream numbers) {
    return numbers.filter(number -> !Double.isNaN(number)).average().orElse(Double.NaN);
  }

  private void requireLabel(int label) {
    if (label < 0 || label >= classes.size()) {
      throw new IllegalArgumentException(
          "label " + label + " is not allowed; allowed: 0 to " + (classes.size() - 1));
    }
  }
}
