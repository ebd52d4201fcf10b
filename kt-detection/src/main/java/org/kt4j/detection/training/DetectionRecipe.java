package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.data.PictureSizes;
import org.kt4j.detection.data.DetectionDataset;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.text.NumberFormats;

/** Networks, sizes and anchors for pictures with boxes that were found in a folder. */
final class DetectionRecipe {

  /** The longer side of the picture that a network sees, unless another is asked for. */
  private static final int LONGER = 320;

  /** Sides are multiples of the stride of the map that is searched. */
  private static final int STRIDE = 16;

  /** Below and above which a tenth of the objects are, and the middle. */
  private static final List<Double> SHARES = List.of(0.1, 0.5, 0.9);

  private static final int SMALLEST_ANCHOR = 8;
  private static final int SEEN = 3_000;
  private static final int SEEN_BY_TEACHER = 8_000;

  private DetectionRecipe() {}

  static Recipe of(FoundData data, DetectionDataset train, @Nullable Integer side) {
    List<String> reasons = new ArrayList<>();
    PictureSizes sizes = data.sizes();
    double longer = side == null ? LONGER : side;
    double scale = longer / Math.max(sizes.height(), sizes.width());
    int height = multiple(sizes.height() * scale);
    int width = multiple(sizes.width() * scale);
    reasons.add(
        "pictures of "
            + width
            + "x"
            + height
            + ": in proportion, the longer side "
            + (int) longer
            + (side == null ? "" : ", as asked for")
            + ", multiples of "
            + STRIDE);
    List<Integer> anchors = anchors(train, scale);
    reasons.add(
        "anchor-scales "
            + anchors
            + ": the square roots of the areas of objects, a tenth, the half and nine tenths of"
            + " which are smaller, each class counted the same");
    String picture = "height: " + height + ", width: " + width + ", anchor-scales: " + anchors;
    int epochs = Recipe.epochs(SEEN, data.train(), 6, 40);
    int teacherEpochs = Recipe.epochs(SEEN_BY_TEACHER, data.train(), 10, 60);
    reasons.add(
        epochs
            + " epochs, the teacher "
            + teacherEpochs
            + ": so many that "
            + NumberFormats.count(SEEN)
            + " and "
            + NumberFormats.count(SEEN_BY_TEACHER)
            + " pictures are seen, but 6 to 40 and 10 to 60");
    List<Recipe.Transfer> transfers =
        List.of(
            new Recipe.Transfer("KD", "{term: kd, weight: 1, temperature: 2}", false),
            new Recipe.Transfer(
                "NST",
                "{term: nst, weight: 50, kernel: polynomial, layers: {stage3: stage3}}",
                true));
    Map<String, String> further = new LinkedHashMap<>();
    further.put("augmentation", "{crop-padding: 0, flip: true}");
    further.put(
        "optimizer",
        "{name: sgd, learning-rate: 0.02, momentum: 0.9, nesterov: true, weight-decay: 1e-4,"
            + " clip-norm: 10}");
    return new Recipe(
        data,
        data.options(),
        (int) longer,
        true,
        detector("imagenet-resnet-18", 32, picture, "rpn-channels: 128"),
        detector("imagenet-resnet-10", 8, picture, "rpn-channels: 32, head-units: 64"),
        "{preset: faster-rcnn}",
        transfers,
        4,
        teacherEpochs,
        epochs,
        further,
        0,
        reasons);
  }

  private static String detector(String backbone, int width, String picture, String more) {
    return "{network: faster-rcnn, backbone: {network: "
        + backbone
        + ", width: "
        + width
        + "}, tap: stage3, "
        + picture
        + ", "
        + more
        + "}";
  }

  private static int multiple(double side) {
    return Math.max(2, (int) Math.round(side / STRIDE)) * STRIDE;
  }

  /**
   * Different sizes in pixels of the scaled picture, in their order. Each class counts the same, or
   * the most frequent one alone would decide.
   *
   * @param scale of a picture of the median size
   */
  private static List<Integer> anchors(DetectionDataset train, double scale) {
    int[] counts = new int[train.classes().size()];
    List<LabelledBox> objects = new ArrayList<>();
    for (int i = 0; i < train.size(); i++) {
      for (LabelledBox object : train.objects(i)) {
        objects.add(object);
        counts[object.label()]++;
      }
    }
    objects.sort(Comparator.comparingDouble(object -> object.box().area()));
    long classes = Arrays.stream(counts).filter(count -> count > 0).count();
    Set<Integer> anchors = new LinkedHashSet<>();
    double passed = 0;
    int next = 0;
    for (LabelledBox object : objects) {
      passed += 1.0 / counts[object.label()] / classes;
      while (next < SHARES.size() && passed >= SHARES.get(next)) {
        double root = scale * Math.sqrt(object.box().area());
        anchors.add(Math.max(SMALLEST_ANCHOR, (int) Math.round(root)));
        next++;
      }
    }
    return List.copyOf(anchors);
  }
}
