package org.kt4j.classification.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.kt4j.classification.Evaluation;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Loss;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.NoisePictures;
import org.kt4j.imagelevel.LogitFunction;
import org.kt4j.imagelevel.NetworkExport;

/**
 * The comparison of an export with the network that was exported, picture by picture.
 *
 * @param pictures what they were
 * @param count how many
 * @param difference the largest of two logits
 * @param largest the largest absolute value of a logit
 * @param mean the mean absolute difference, as a share of the mean absolute logit
 * @param rounds whether activations are rounded, so that only the mean says something
 * @param options of the export, which decide about the tolerance
 * @param original accuracy of what was exported; null where the pictures have no labels
 * @param exported accuracy of the export; likewise
 * @param same share of the pictures that both answer alike
 * @param teacher how often both agree with the teacher; null where there is none
 */
public record ExportCheck(
    String pictures,
    int count,
    double difference,
    double largest,
    double mean,
    boolean rounds,
    ExportOptions options,
    @Nullable Double original,
    @Nullable Double exported,
    double same,
    @Nullable TeacherAgreement teacher) {

  /** Pictures of noise, where there are no others. */
  private static final int NOISE = 64;

  /**
   * Shares of the pictures that are answered as the teacher answers them.
   *
   * @param original by what was exported
   * @param exported by the export
   */
  public record TeacherAgreement(double original, double exported) {}

  /**
   * Whether the differences are within the tolerance: that of rounding, or in 8 bits that of the
   * accuracy.
   */
  public boolean passed() {
    Int8Loss loss = loss();
    if (loss != null) {
      return Double.isFinite(difference) && loss.isAllowed();
    }
    return rounds
        ? mean <= NetworkExport.ROUNDED_TOLERANCE
        : Double.isFinite(largest) && difference <= allowed();
  }

  /** What 8 bits cost; null where there are more, or no labels. */
  private @Nullable Int8Loss loss() {
    Int8Options int8 = options.int8();
    return int8 == null || original == null || exported == null
        ? null
        : new Int8Loss("accuracy", original, exported, count, pictures, int8.allowedLoss());
  }

  private double allowed() {
    return options.int8() == null
        ? NetworkExport.tolerance(options.precision()) * largest
        : Double.POSITIVE_INFINITY;
  }

  /** What is said where it has not {@link #passed}. */
  String failure() {
    Int8Loss loss = loss();
    return loss != null
        ? loss.failure("a student trained with the key quantization,")
        : "the export does not compute what the run's student computes: on "
            + fault()
            + "; nothing was written; please report this fault with the run's config.yaml";
  }

  /**
   * Compares on labelled pictures.
   *
   * @param teacher the teacher's answers; null without a teacher
   */
  static ExportCheck of(
      LogitFunction original,
      LogitFunction exported,
      ExportOptions options,
      ImageDataset data,
      @Nullable Evaluation teacher) {
    List<float[]> expected = new ArrayList<>();
    Evaluation first =
        Evaluation.of(
            (pixels, size) -> {
              float[] logits = original.logits(pixels, size);
              expected.add(logits);
              return logits;
            },
            data);
    Distance distance = new Distance();
    Evaluation second =
        Evaluation.of(
            (pixels, size) -> {
              float[] logits = exported.logits(pixels, size);
              distance.add(expected.get(distance.batches), logits);
              return logits;
            },
            data);
    TeacherAgreement agreement = null;
    if (teacher != null) {
      agreement = new TeacherAgreement(first.agreement(teacher), second.agreement(teacher));
    }
    return new ExportCheck(
        data.name(),
        data.size(),
        distance.largestDifference,
        distance.largest,
        distance.mean(),
        original.rounds(),
        options,
        first.accuracy(),
        second.accuracy(),
        first.agreement(second),
        agreement);
  }

  /** What is too far apart, in words. */
  String fault() {
    return rounds
        ? String.format(
            Locale.ROOT,
            "%d pictures (%s) logits differ by %.3g of their size on the average, allowed with"
                + " rounded activations: %.0e",
            count,
            pictures,
            mean,
            NetworkExport.ROUNDED_TOLERANCE)
        : String.format(
            Locale.ROOT,
            "%d pictures (%s) logits differ by up to %.3g, allowed: %.0e of the largest, %.3g",
            count,
            pictures,
            difference,
            NetworkExport.tolerance(options.precision()),
            largest);
  }

  /** In words, a few for each thing that was compared. */
  public List<String> words() {
    List<String> words = new ArrayList<>();
    words.add(
        rounds && options.int8() == null
            ? String.format(
                Locale.ROOT,
                "%d pictures (%s), logits differ by %.2g of their size on the average (allowed"
                    + " %.2g), by %.2g at most",
                count,
                pictures,
                mean,
                NetworkExport.ROUNDED_TOLERANCE,
                difference)
            : String.format(
                Locale.ROOT,
                "%d pictures (%s), logits within %.2g%s",
                count,
                pictures,
                difference,
                options.int8() == null
                    ? String.format(Locale.ROOT, " (allowed %.2g)", allowed())
                    : String.format(Locale.ROOT, ", the largest is %.3g", largest)));
    if (original != null && exported != null) {
      words.add(
          String.format(
              Locale.ROOT,
              "accuracy %.2f %% of the run and %.2f %% of the export, %.2f %% answered alike",
              100 * original,
              100 * exported,
              100 * same));
    } else {
      words.add(String.format(Locale.ROOT, "%.2f %% answered alike", 100 * same));
    }
    if (teacher != null) {
      words.add(
          String.format(
              Locale.ROOT,
              "agreement with the teacher %.2f %% of the run and %.2f %% of the export",
              100 * teacher.original(),
              100 * teacher.exported()));
    }
    return words;
  }

  /** The same in one line. */
  @Override
  public String toString() {
    return String.join(", ", words());
  }

  /** Compares on noise, the same every time. */
  static ExportCheck ofNoise(
      LogitFunction original, LogitFunction exported, ExportOptions options, ImageShape shape) {
    byte[] pixels = NoisePictures.of(shape, NOISE);
    float[] expected = original.logits(pixels, NOISE);
    float[] found = exported.logits(pixels, NOISE);
    Distance distance = new Distance();
    distance.add(expected, found);
    int classes = expected.length / NOISE;
    int same = 0;
    for (int i = 0; i < NOISE; i++) {
      same +=
          Evaluation.largest(expected, i * classes, classes)
                  == Evaluation.largest(found, i * classes, classes)
              ? 1
              : 0;
    }
    return new ExportCheck(
        "random pictures",
        NOISE,
        distance.largestDifference,
        distance.largest,
        distance.mean(),
        original.rounds(),
        options,
        null,
        null,
        (double) same / NOISE,
        null);
  }

  /** Between logits, batch after batch. */
  private static final class Distance {

    private double largestDifference;
    private double largest;
    private double differences;
    private double sizes;
    private int batches;

    double mean() {
      return differences / sizes;
    }

    void add(float[] expected, float[] found) {
      if (expected.length != found.length) {
        throw new ExportMismatchException(
            "the export gives " + found.length + " logits instead of " + expected.length);
      }
      for (int i = 0; i < expected.length; i++) {
        double difference = Math.abs((double) expected[i] - found[i]);
        largestDifference = Math.max(largestDifference, difference); // NaN once it was NaN
        largest = Math.max(largest, Math.abs(expected[i]));
        differences += difference;
        sizes += Math.abs(expected[i]);
      }
      batches++;
    }
  }
}
