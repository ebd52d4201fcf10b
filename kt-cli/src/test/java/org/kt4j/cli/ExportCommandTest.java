package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.Picture;
import org.kt4j.detection.export.ExportedDetector;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;

class ExportCommandTest {

  @TempDir private static Path folder;

  private static Path run;
  private static Path classifier;
  private static Path runs;

  @BeforeAll
  static void train() throws IOException {
    run = folder.resolve("run");
    classifier = folder.resolve("classifier");
    runs = folder.resolve("runs");
    train(Files.writeString(folder.resolve("detector.yaml"), SmallExperiments.DETECTOR), run);
    Files.writeString(
        folder.resolve("teacher.yaml"),
        SmallExperiments.CLASSIFIER.replace("width: 4", "width: 8"));
    train(
        Files.writeString(
            folder.resolve("transfer.yaml"),
            SmallExperiments.taught(SmallExperiments.CLASSIFIER, "{term: kd}")),
        classifier);
  }

  private static void train(Path config, Path to) {
    CommandRun trained = kt("train", config, "--out", to, "--runs", runs);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
  }

  @Test
  void a_detector_is_written_and_held_against_the_original() {
    Path export = folder.resolve("export");

    CommandRun written = kt("export", run, export, "--checkpoint", "last");

    assertThat(written.err()).isEmpty();
    assertThat(written.exitCode()).isZero();
    assertThat(written.out())
        .contains("student   faster-rcnn of " + run + ", last checkpoint", "classes   ")
        .containsPattern("file +" + export.resolve("saved_model.pb") + ", \\d+\\S* [KM]iB")
        .contains(export.resolve("serving.properties") + ", ")
        .contains(export.resolve("synset.txt") + ", ")
        .containsPattern(
            "verified  4 pictures of shapes-detection held-out, \\d+ detections: boxes within"
                + " 0\\.00\\d+ pixels, scores within 0\\.0000\\d+");
    try (ExportedDetector loaded = ExportedDetector.open(export)) {
      assertThat(loaded.detect(new Picture(40, 30, new byte[40 * 30 * 3])))
          .allSatisfy(each -> assertThat(each.score()).isBetween(0.01, 1.0));
    }
  }

  @Test
  void a_detector_in_half_precision_tells_what_it_saves() throws IOException {
    Path export = folder.resolve("half-detector");

    CommandRun written = kt("export", run, export, "--half");

    assertThat(written.exitCode()).as(written.err()).isZero();
    Matcher half =
        Pattern.compile("\nhalf      ([0-9.]+) KiB instead of ([0-9.]+) KiB\\R")
            .matcher(written.out());
    assertThat(half.find()).as(written.out()).isTrue();
    assertThat(Double.parseDouble(half.group(1)))
        .isLessThan(0.8 * Double.parseDouble(half.group(2)))
        .isCloseTo(Files.size(export.resolve("saved_model.pb")) / 1024.0, within(0.06));
    assertThat(written.out()).contains("verified  4 pictures of shapes-detection held-out, ");
  }

  @Test
  void input_and_taps_of_a_detector_are_as_asked_for() {
    Path plain = folder.resolve("plain-detector");
    Path export = folder.resolve("taps-detector");
    assertThat(kt("export", run, plain).exitCode()).isZero();

    CommandRun written = kt("export", run, export, "--input", "float32", "--taps", "stage2,stage3");

    assertThat(written.exitCode()).as(written.err()).isZero();
    SignatureDef signature =
        SavedModelFile.graph(export).getSignatureDefOrThrow(SavedModelFile.SIGNATURE);
    assertThat(signature.getInputsOrThrow("image").getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(signature.getOutputsMap().keySet())
        .containsExactlyInAnyOrder("boxes", "scores", "labels", "stage2", "stage3");
    CommandRun found = kt("predict", export, picture(), "--threshold", "0");
    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(found.out())
        .isEqualTo(kt("predict", plain, picture(), "--threshold", "0").out())
        .contains(" %  x ");
  }

  @Test
  void an_export_that_is_there_is_replaced_only_when_asked() {
    Path export = folder.resolve("twice");
    assertThat(kt("export", run, export).exitCode()).isZero();

    CommandRun refused = kt("export", run, export);
    CommandRun replaced = kt("export", run, export, "--overwrite");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(export + ": is there already; fix: name a new folder");
    assertThat(replaced.exitCode()).as(replaced.err()).isZero();
  }

  @Test
  void mistakes_say_what_is_wrong_and_what_is_allowed() {
    Path export = folder.resolve("never");

    CommandRun none = kt("export", folder, export);
    CommandRun tap = kt("export", run, export, "--taps", "stage2,stage9");

    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains("holds no run (no config.yaml)");
    assertThat(tap.exitCode()).isEqualTo(2);
    assertThat(tap.err()).startsWith("kt: unknown tap 'stage9'; known: ");
    assertThat(export).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"run, false", "run, true", "classifier, false", "classifier, true"})
  void two_exports_of_one_run_are_the_same_bytes(String of, boolean half) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of("export", folder.resolve(of)));
    arguments.addAll(List.of(folder.resolve("same-bytes"), "--runs", runs, "--overwrite"));
    if (half) {
      arguments.add("--half");
    }

    assertThat(kt(arguments.toArray()).exitCode()).isZero();
    Map<String, UUID> first = digests(folder.resolve("same-bytes"));
    assertThat(kt(arguments.toArray()).exitCode()).isZero();

    assertThat(digests(folder.resolve("same-bytes"))).isEqualTo(first).hasSizeGreaterThan(3);
  }

  /** A digest of each file, by name. */
  private static Map<String, UUID> digests(Path export) throws IOException {
    Map<String, UUID> digests = new TreeMap<>();
    try (Stream<Path> files = Files.list(export)) {
      for (Path file : files.toList()) {
        digests.put(
            file.getFileName().toString(), UUID.nameUUIDFromBytes(Files.readAllBytes(file)));
      }
    }
    return digests;
  }

  @Test
  void nothing_in_a_detectors_run_keeps_it_from_being_replaced() throws IOException {
    assertThat(run).isDirectoryContaining("glob:**/scores.json");
    Path again = Files.createDirectories(folder.resolve("again"));
    try (Stream<Path> files = Files.list(run)) {
      for (Path file : files.toList()) {
        Files.createFile(again.resolve(run.relativize(file)));
      }
    }

    CommandRun retrained =
        kt("train", folder.resolve("teacher.yaml"), "--out", again, "--overwrite");

    assertThat(retrained.exitCode()).as(retrained.err()).isZero();
    assertThat(retrained.out()).contains("epoch 1/1");
  }

  @Test
  void a_classifier_goes_to_its_run_and_is_held_against_run_and_teacher() {
    CommandRun written = kt("export", classifier, "--runs", runs);

    Path export = classifier.resolve("export");
    assertThat(written.err()).isEmpty();
    assertThat(written.exitCode()).isZero();
    assertThat(written.out())
        .startsWith("student   resnet-8 of " + classifier + ", best checkpoint\n")
        .containsPattern("\nfolded    \\d+ of \\d+ batch normalisations, into the convolutions")
        .containsPattern("\nverified  20 pictures \\(shapes held-out\\), logits within \\S+ ")
        .containsPattern(" accuracy (\\S+) % of the run and \\1 % of the export, ")
        .contains(" 100.00 % answered alike")
        .containsPattern(
            " agreement with the teacher (\\S+) % of the run and \\1 % of the export\\R")
        .containsPattern("speed     [0-9.]+ ms for one picture, \\d+ images/s in batches of 64\\R$")
        .doesNotContain("half");
    for (String file :
        List.of(
            "SHA256SUMS",
            "model-card.md",
            "saved_model.pb",
            "serving.properties",
            "synset.txt",
            "weights.npz")) {
      assertThat(export.resolve(file)).isNotEmptyFile();
      assertThat(written.out())
          .containsPattern("\nfile      \\Q" + export.resolve(file) + "\\E, [0-9.]+ [KM]iB\\R");
    }
    assertThat(written.out().lines().filter(line -> line.startsWith("file "))).hasSize(6);
    assertThat(kt("predict", export, picture()).exitCode()).isZero();
  }

  private static Path picture() {
    Path file = folder.resolve("picture.png");
    try {
      ImageIO.write(new BufferedImage(9, 7, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  @Test
  void half_precision_tells_what_it_saves_and_costs() throws IOException {
    Path export = folder.resolve("half");

    CommandRun written = kt("export", classifier, export, "--half", "--runs", runs);

    assertThat(written.exitCode()).as(written.err()).isZero();
    Matcher half =
        Pattern.compile(
                "\nhalf      ([0-9.]+) KiB instead of ([0-9.]+) KiB, accuracy on the held-out"
                    + " pictures [+-][0-9.]+ points\\R")
            .matcher(written.out());
    assertThat(half.find()).as(written.out()).isTrue();
    assertThat(Double.parseDouble(half.group(1)))
        .isLessThan(0.8 * Double.parseDouble(half.group(2)))
        .isCloseTo(Files.size(export.resolve("saved_model.pb")) / 1024.0, within(0.06));
  }

  @Test
  void input_and_taps_are_as_asked_for() {
    Path export = folder.resolve("taps");

    CommandRun written =
        kt("export", classifier, export, "--input", "float32", "--taps", "stage2,pooled");

    assertThat(written.exitCode()).as(written.err()).isZero();
    assertThat(kt("predict", export, picture()).out())
        .isEqualTo(kt("predict", classifier, picture()).out());
    try (ExportedClassifier loaded = ExportedClassifier.open(export)) {
      assertThat(loaded.outputs()).containsExactly("logits", "pooled", "probabilities", "stage2");
    }
    assertThat(export.resolve("serving.properties")).content().contains("toTensor=false");
  }

  @Test
  void a_teacher_that_is_gone_is_told_and_the_rest_is_checked() {
    CommandRun written =
        kt(
            "export",
            classifier,
            folder.resolve("alone"),
            "--checkpoint",
            "last",
            "--runs",
            folder.resolve("gone"));

    assertThat(written.exitCode()).as(written.err()).isZero();
    assertThat(written.out())
        .contains(classifier + ", last checkpoint\n", "verified  20 pictures")
        .contains("\n          the teacher was not asked, for it is not there: ")
        .doesNotContain("agreement with the teacher");
  }

  @Test
  void a_folder_stays_as_it_is_unless_it_is_an_export_to_be_replaced() throws IOException {
    Path export = folder.resolve("stays");
    assertThat(kt("export", classifier, export).exitCode()).isZero();
    Path card = Files.writeString(export.resolve("model-card.md"), "mine");
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("thesis.tex"), "years of work");

    CommandRun refused = kt("export", classifier, export);
    CommandRun strange = kt("export", classifier, other, "--overwrite");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(export + ": is there already; fix: name a new folder");
    assertThat(card).hasContent("mine");
    assertThat(strange.exitCode()).isEqualTo(2);
    assertThat(strange.err()).contains("holds thesis.tex, which is no part of an export");
    assertThat(other).isDirectoryContaining("glob:**/thesis.tex");

    CommandRun replaced = kt("export", classifier, export, "--overwrite");

    assertThat(replaced.exitCode()).as(replaced.err()).isZero();
    assertThat(card).content().isNotEqualTo("mine");
  }

  @Test
  void a_tap_or_an_epoch_that_is_not_there_is_told_and_nothing_is_written() throws IOException {
    Path export = folder.resolve("nothing");
    Path begun = Files.createDirectories(folder.resolve("begun"));
    Files.copy(classifier.resolve("config.yaml"), begun.resolve("config.yaml"));

    CommandRun tap = kt("export", classifier, export, "--taps", "stage3,poled");
    CommandRun early = kt("export", begun, export);
    CommandRun nowhere = kt("export", folder.resolve("nowhere"), export);

    assertThat(tap.exitCode()).isEqualTo(2);
    assertThat(tap.err()).startsWith("kt: unknown tap 'poled'; ").contains("mean 'pooled'?");
    assertThat(early.exitCode()).isEqualTo(2);
    assertThat(early.err()).contains(begun + ": this run has finished no epoch yet");
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("holds no run (no config.yaml)");
    assertThat(export).doesNotExist();
  }
}
