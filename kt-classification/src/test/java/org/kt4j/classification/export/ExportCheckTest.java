package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.classification.Evaluation;
import org.kt4j.data.ImageDataset;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportMismatchException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.imagelevel.LogitFunction;

class ExportCheckTest {

  private static final ImageShape PIXEL = new ImageShape(1, 1, 1);

  /** Its labels are 0, 1, 0, 1, ...; a picture is one pixel, its index. */
  private record Numbered(int size) implements ImageDataset {

    @Override
    public String name() {
      return "numbered";
    }

    @Override
    public ImageShape shape() {
      return PIXEL;
    }

    @Override
    public List<String> classes() {
      return List.of("even", "odd");
    }

    @Override
    public int label(int index) {
      return index % 2;
    }

    @Override
    public void copyImage(int index, byte[] target, int offset) {
      target[offset] = (byte) index;
    }
  }

  /** Two logits, 0 and what a pixel is given. */
  private static LogitFunction classifier(PixelLogit second) {
    return (pixels, size) -> {
      float[] logits = new float[2 * size];
      for (int i = 0; i < size; i++) {
        logits[2 * i + 1] = second.of(pixels[i] & 0xFF);
      }
      return logits;
    };
  }

  private interface PixelLogit {
    float of(int pixel);
  }

  private static final LogitFunction RIGHT = classifier(pixel -> pixel % 2 == 0 ? -10 : 10);

  private static ExportCheck check(LogitFunction exported, ExportOptions options) {
    return ExportCheck.of(RIGHT, exported, options, new Numbered(4), null);
  }

  /** One logit in 10 is off. */
  private static LogitFunction off(float by) {
    return classifier(pixel -> (pixel % 2 == 0 ? -10 : 10) + (pixel == 2 ? by : 0));
  }

  @ParameterizedTest
  @CsvSource({
    "SINGLE, 0, true",
    "SINGLE, 0.0009, true",
    "SINGLE, 0.0011, false",
    "SINGLE, -0.0011, false",
    "HALF, 0.49, true",
    "HALF, 0.51, false",
    "SINGLE, NaN, false",
    "HALF, NaN, false",
    "SINGLE, Infinity, false"
  })
  void logits_may_be_apart_by_a_ten_thousandth_of_the_largest_or_a_twentieth(
      Precision precision, float by, boolean passed) {
    ExportOptions options = ExportOptions.defaults().precision(precision);

    assertThat(check(off(by), options).passed()).isEqualTo(passed);
    assertThat(ExportCheck.ofNoise(RIGHT, classifierOff(by), options, PIXEL).passed())
        .isEqualTo(passed);
  }

  @ParameterizedTest
  @CsvSource({"0, true", "24.9, false", "25, true", "100, true"})
  void in_8_bits_the_accuracy_decides(double allowed, boolean passed) {
    // One picture of four is answered wrongly, or none.
    LogitFunction exported =
        classifier(pixel -> pixel == 1 && allowed > 0 ? -10 : pixel % 2 == 0 ? -9 : 12);
    ExportOptions options =
        ExportOptions.defaults().int8(new Int8Options(500, 1, 100, 8, false, allowed));

    ExportCheck check = check(exported, options);

    assertThat(check.passed()).isEqualTo(passed);
    if (!passed) {
      assertThat(check.failure())
          .startsWith(
              "in 8 bits 25.00 points of accuracy are lost: 75.00 instead of 100.00 % on 4"
                  + " pictures (numbered), allowed: 24.9; nothing was written; fix: ");
    }
  }

  /** Off in every picture of noise that is even. */
  private static LogitFunction classifierOff(float by) {
    return classifier(pixel -> pixel % 2 == 0 ? -10 + by : 10);
  }

  @Test
  void a_logit_that_is_no_number_counts_wherever_it_stands() {
    for (int at = 0; at < 4; at++) {
      int nan = at;
      LogitFunction exported =
          classifier(pixel -> pixel == nan ? Float.NaN : (pixel % 2 == 0 ? -10 : 10));

      assertThat(check(exported, ExportOptions.defaults()).passed()).isFalse();
      assertThat(check(exported, ExportOptions.defaults()).difference()).isNaN();
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void what_the_original_does_not_say_in_numbers_is_not_agreed_with(float logit) {
    LogitFunction broken = classifier(pixel -> pixel == 1 ? logit : 0);

    assertThat(
            ExportCheck.of(broken, broken, ExportOptions.defaults(), new Numbered(4), null)
                .passed())
        .isFalse();
    assertThat(
            ExportCheck.of(broken, RIGHT, ExportOptions.defaults(), new Numbered(4), null).passed())
        .isFalse();
  }

  @Test
  void accuracies_and_answers_are_counted() {
    // The export takes picture 1 for even; the teacher takes all for odd.
    LogitFunction exported = classifier(pixel -> pixel % 2 == 0 || pixel == 1 ? -10 : 10);
    Evaluation teacher = Evaluation.of(classifier(pixel -> 1), new Numbered(4));

    ExportCheck check =
        ExportCheck.of(RIGHT, exported, ExportOptions.defaults(), new Numbered(4), teacher);

    assertThat(check.pictures()).isEqualTo("numbered");
    assertThat(check.count()).isEqualTo(4);
    assertThat(check.difference()).isEqualTo(20);
    assertThat(check.largest()).isEqualTo(10);
    assertThat(check.original()).isEqualTo(1);
    assertThat(check.exported()).isEqualTo(0.75);
    assertThat(check.same()).isEqualTo(0.75);
    assertThat(check.teacher()).isEqualTo(new ExportCheck.TeacherAgreement(0.5, 0.25));
    assertThat(check)
        .hasToString(
            "4 pictures (numbered), logits within 20 (allowed 0.0010), accuracy 100.00 % of the"
                + " run and 75.00 % of the export, 75.00 % answered alike, agreement with the"
                + " teacher 50.00 % of the run and 25.00 % of the export");
  }

  @Test
  void several_batches_are_compared_each_with_its_own() {
    // 600 pictures are three batches of 250 at most; the last is off.
    int[] seen = {0};
    LogitFunction exported =
        (pixels, size) -> {
          float[] logits = RIGHT.logits(pixels, size);
          seen[0] += size;
          if (seen[0] == 600) {
            logits[logits.length - 1] += 1;
          }
          return logits;
        };

    ExportCheck check =
        ExportCheck.of(RIGHT, exported, ExportOptions.defaults(), new Numbered(600), null);

    assertThat(check.difference()).isCloseTo(1, within(1e-6));
    assertThat(check.passed()).isFalse();
  }

  @Test
  void noise_has_no_accuracy() {
    ExportCheck check = ExportCheck.ofNoise(RIGHT, RIGHT, ExportOptions.defaults(), PIXEL);

    assertThat(check.pictures()).isEqualTo("random pictures");
    assertThat(check.original()).isNull();
    assertThat(check.exported()).isNull();
    assertThat(check.same()).isEqualTo(1);
    assertThat(check.passed()).isTrue();
    assertThat(check.toString()).doesNotContain("accuracy");
  }

  @Test
  void another_number_of_logits_is_a_mismatch() {
    LogitFunction three = (pixels, size) -> new float[3 * size];

    assertThatThrownBy(() -> check(three, ExportOptions.defaults()))
        .isInstanceOf(ExportMismatchException.class)
        .hasMessage("the export gives 12 logits instead of 8");
  }
}
