package org.kt4j.classification;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.FoundData;
import org.kt4j.engine.task.Recipe;
import org.kt4j.engine.text.NumberFormats;

/** Networks, sizes and epochs for pictures that were found in a folder. */
final class ClassificationRecipe {

  /** Sides of pictures that are resized; the last is large enough to tell most things apart. */
  private static final List<Integer> SIDES = List.of(32, 64);

  /** Up to here the networks that were made for CIFAR shrink pictures least. */
  private static final int SMALL = 40;

  /** With fewer pictures than this, results differ a lot from seed to seed. */
  private static final int FEW = 2_000;

  private static final int BATCH = 64;
  private static final int SMALLEST_BATCH = 8;

  /** Batches of an epoch that there should be at least, with few pictures. */
  private static final int BATCHES = 10;

  private static final int SEEN = 300_000;
  private static final int VIEWS = 4;

  private ClassificationRecipe() {}

  /** Of pictures with boxes the objects are cut out. */
  static Optional<Recipe> of(FoundData found, @Nullable Integer side) {
    FoundData data = found.boxes() ? found.objects() : found;
    if (data == null) {
      return Optional.empty();
    }
    List<String> reasons = new ArrayList<>();
    int size = side(data, side, reasons);
    boolean small = size <= SMALL;
    String teacher = small ? "{network: resnet-20}" : "{network: imagenet-resnet-18, width: 32}";
    String student = small ? "{network: resnet-8}" : "{network: imagenet-resnet-10, width: 16}";
    reasons.add(
        "teacher "
            + teacher
            + ", student "
            + student
            + ": for pictures of "
            + (small ? "up to " : "more than ")
            + SMALL
            + " pixels");
    int batch = BATCH;
    while (batch > SMALLEST_BATCH && batch * BATCHES > data.train()) {
      batch /= 2;
    }
    reasons.add(
        "batch-size "
            + batch
            + (batch == BATCH
                ? ""
                : ": " + BATCHES + " steps of an epoch or more, and not below " + SMALLEST_BATCH));
    int epochs = Recipe.epochs(SEEN, data.train(), 10, 60);
    reasons.add(
        epochs
            + " epochs: so many that "
            + NumberFormats.count(SEEN)
            + " pictures are seen, but 10 to 60");
    if (data.train() < FEW) {
      reasons.add(
          "few pictures: with fewer than "
              + NumberFormats.count(FEW)
              + " results differ from seed to seed; try a start from trained weights as well");
    }
    List<Recipe.Transfer> transfers =
        List.of(
            new Recipe.Transfer("KD", "{term: kd, weight: 1, temperature: 4}", false),
            new Recipe.Transfer(
                "NST",
                "{term: nst, weight: 50, kernel: polynomial, layers: {stage3: stage3}}",
                true));
    Map<String, String> further = new LinkedHashMap<>();
    if (data.channels() == 1) {
      further.put("augmentation", "{flip: false}");
      reasons.add("no flip: grey pictures may be characters, which a flip turns into others");
    }
    return Optional.of(
        new Recipe(
            data,
            data.optionsOf(size),
            data.sideOption() == null ? null : size,
            false,
            teacher,
            student,
            "{term: cross-entropy}",
            transfers,
            batch,
            epochs,
            epochs,
            further,
            VIEWS,
            reasons));
  }

  private static int side(FoundData data, @Nullable Integer side, List<String> reasons) {
    if (data.sideOption() == null) {
      return data.sizes().shorter();
    }
    if (side != null) {
      reasons.add("pictures of " + side + "x" + side + ", as asked for");
      return side;
    }
    int shorter = data.sizes().shorter();
    int chosen =
        SIDES.stream().filter(each -> each <= shorter).reduce((a, b) -> b).orElse(SIDES.get(0));
    reasons.add(
        "pictures of "
            + chosen
            + "x"
            + chosen
            + ": the larger of "
            + SIDES
            + " that is no larger than the shorter side of the median; larger ones tell more and"
            + " take longer");
    return chosen;
  }
}
