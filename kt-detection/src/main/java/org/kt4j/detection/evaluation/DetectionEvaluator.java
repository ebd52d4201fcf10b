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
 * pycocotools, with its limit of the 100 surest detections of each class in a picture and the area
 * of an object as the data set gives it.
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
              .map(
                  object ->
                      new ClassPicture.Target(object.box(), object.difficult(), object.area()))
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
    List<Curves> coco = new ArrayList<>();
    for (int label = 0; label < classes.size(); label++) {
      Curves curves = Curves.of(pictures.get(label));
      coco.add(curves);
      AveragePrecision voc = VocMatching.match(pictures.get(label), VOC_OVERLAP);
      ofClasses.add(
          new DetectionScores.ClassScores(
              classes.get(label),
              pictures.get(label).stream().mapToInt(ClassPicture::counted).sum(),
              voc.area(),
              voc.elevenPoint(),
              precision(curves.in(AreaRange.ALL)),
              recall(curves.in(AreaRange.ALL)),
              voc.levels()));
    }
    return new DetectionScores(
        mean(ofClasses.stream().mapToDouble(DetectionScores.ClassScores::vocArea)),
        mean(ofClasses.stream().mapToDouble(DetectionScores.ClassScores::voc2007)),
        precision(in(coco, AreaRange.ALL)),
        precision(coco.stream().map(curves -> curves.in(AreaRange.ALL).get(AT_50)).toList()),
        precision(coco.stream().map(curves -> curves.in(AreaRange.ALL).get(AT_75)).toList()),
        precision(in(coco, AreaRange.SMALL)),
        precision(in(coco, AreaRange.MEDIUM)),
        precision(in(coco, AreaRange.LARGE)),
        new DetectionScores.Recall(
            recall(coco.stream().flatMap(curves -> curves.ofSurest.stream()).toList()),
            recall(coco.stream().flatMap(curves -> curves.ofTenSurest.stream()).toList()),
            recall(in(coco, AreaRange.ALL)),
            recall(in(coco, AreaRange.SMALL)),
            recall(in(coco, AreaRange.MEDIUM)),
            recall(in(coco, AreaRange.LARGE))),
        ofClasses);
  }

  /**
   * What COCO averages over, of one class; each list has a curve for each overlap.
   *
   * @param ranges with the {@value CocoMatching#MOST} surest detections of a picture
   * @param ofSurest objects of any size, with the surest detection of a picture
   * @param ofTenSurest objects of any size, with the ten surest detections
   */
  private record Curves(
      Map<AreaRange, List<AveragePrecision>> ranges,
      List<AveragePrecision> ofSurest,
      List<AveragePrecision> ofTenSurest) {

    static Curves of(List<ClassPicture> pictures) {
      CocoMatching matching = new CocoMatching(pictures);
      Map<AreaRange, List<AveragePrecision>> ranges = new EnumMap<>(AreaRange.class);
      for (AreaRange range : AreaRange.values()) {
        ranges.put(range, each(matching, range, CocoMatching.MOST));
      }
      return new Curves(
          ranges, each(matching, AreaRange.ALL, 1), each(matching, AreaRange.ALL, 10));
    }

    private static List<AveragePrecision> each(CocoMatching matching, AreaRange range, int most) {
      return DoubleStream.of(COCO_OVERLAPS)
          .mapToObj(overlap -> matching.match(overlap, range, most))
          .toList();
    }

    List<AveragePrecision> in(AreaRange range) {
      return ranges.getOrDefault(range, List.of());
    }
  }

  private static List<AveragePrecision> in(List<Curves> coco, AreaRange range) {
    return coco.stream().flatMap(curves -> curves.in(range).stream()).toList();
  }

  private static double precision(List<AveragePrecision> curves) {
    return mean(curves.stream().mapToDouble(AveragePrecision::mean));
  }

  private static double recall(List<AveragePrecision> curves) {
    return mean(curves.stream().mapToDouble(AveragePrecision::recall));
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
