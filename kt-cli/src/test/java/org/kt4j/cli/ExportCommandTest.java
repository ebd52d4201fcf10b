package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.Picture;
import org.kt4j.data.file.FileSteps;
import org.kt4j.detection.export.ExportedDetector;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.Processor;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.SignatureDef;

class ExportCommandTest {

  @TempDir private static Path folder;

  private static Path run;
  private static Path classifier;
  private static Path runs;

  /** By run and options. */
  private static final Map<String, Exported> EXPORTED = new TreeMap<>();

  /**
   * An export that is written once and stays as it is.
   *
   * @param written what the command said
   */
  private record Exported(Path folder, CommandRun written) {}

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

  private static Exported exported(String of, String options) {
    Exported known = EXPORTED.get(of + " " + options);
    if (known != null) {
      return known;
    }
    Exported exported = export(of, options, "exported-" + EXPORTED.size());
    EXPORTED.put(of + " " + options, exported);
    return exported;
  }

  private static Exported export(String of, String options, String name) {
    Path to = folder.resolve(name);
    List<Object> arguments = new ArrayList<>(List.of("export", folder.resolve(of), to));
    arguments.addAll(List.of("--runs", runs));
    if (!options.isEmpty()) {
      arguments.addAll(List.of(options.split(" ")));
    }
    CommandRun written = kt(arguments.toArray());
    assertThat(written.exitCode()).as(written.err()).isZero();
    return new Exported(to, written);
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
  @Tag("slow")
  void a_detector_in_half_precision_tells_what_it_saves() throws IOException {
    Exported export = exported("run", "--half");

    String told = export.written().out();
    Matcher half =
        Pattern.compile("\nhalf      ([0-9.]+) KiB instead of ([0-9.]+) KiB\\R").matcher(told);
    assertThat(half.find()).as(told).isTrue();
    assertThat(Double.parseDouble(half.group(1)))
        .isLessThan(0.8 * Double.parseDouble(half.group(2)))
        .isCloseTo(Files.size(export.folder().resolve("saved_model.pb")) / 1024.0, within(0.06));
    assertThat(told).contains("verified  4 pictures of shapes-detection held-out, ");
  }

  @Test
  @Tag("slow")
  void input_and_taps_of_a_detector_are_as_asked_for() {
    Path plain = exported("run", "").folder();
    Path export = folder.resolve("taps-detector");

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
  @Tag("slow")
  void an_export_that_is_there_is_replaced_only_when_asked() throws IOException {
    Path export = copied(exported("run", "").folder(), "twice");

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

  @Tag("slow")
  @ParameterizedTest
  @CsvSource({
    "run, ''",
    "run, --half",
    "classifier, ''",
    "classifier, --half",
    "classifier, --format onnx",
    "classifier, --int8 --calibration 40 --allowed-loss 100",
  })
  void two_exports_of_one_run_are_the_same_but_for_the_measured_speed(String of, String options)
      throws IOException {
    Exported first = exported(of, options);
    Exported second = export(of, options, ("same " + of + options).replace(' ', '-'));

    assertThat(contents(second.folder())).isEqualTo(contents(first.folder())).hasSizeGreaterThan(3);
  }

  /** What stands in each file, by name, without what was measured. */
  private static Map<String, String> contents(Path export) throws IOException {
    requireChecksums(export);
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(export)) {
      for (Path file : files.toList()) {
        contents.put(
            file.getFileName().toString(),
            Files.readString(file, StandardCharsets.ISO_8859_1)
                .replaceAll("(?s)\n## Formats\n.*?\n## ", "\n## ")
                .replaceAll("[0-9a-f]{64}  model-card.md\n", ""));
      }
    }
    return contents;
  }

  /** As {@code sha256sum --check} does. */
  private static void requireChecksums(Path export) throws IOException {
    List<String> sums = Files.readAllLines(export.resolve("SHA256SUMS"));
    assertThat(sums).hasSize(export.toFile().list().length - 1);
    for (String line : sums) {
      Path file = export.resolve(line.substring(66));
      assertThat(line).startsWith(sha256(file) + "  ");
    }
  }

  @Test
  @Tag("slow")
  void the_exports_of_a_run_stand_beside_each_other() throws IOException {
    Path several = copied(classifier, "several");
    CommandRun onnx = kt("export", several, "--format", "onnx", "--runs", runs);
    String lonely = Files.readString(several.resolve("export-onnx/model-card.md"));
    CommandRun saved = kt("export", several, "--runs", runs);
    CommandRun int8 =
        kt("export", several, "--int8", "--calibration=40", "--allowed-loss=100", "--runs", runs);

    String speed = "[0-9.]+ ms for one picture, \\d+ images/s in batches of 64\n";
    // Without a SavedModel in the run, one is made to be measured.
    assertThat(onnx.err()).isEmpty();
    assertThat(onnx.out())
        .containsPattern("\nspeed     " + speed + "          saved-model: [0-9.]+ KiB, " + speed)
        .endsWith(onnx.out().substring(onnx.out().indexOf("          teacher: ")));
    assertThat(onnx.out()).containsPattern("          teacher: " + speed);
    assertThat(lonely).doesNotContain("| saved-model |");
    assertThat(saved.out()).doesNotContain("saved-model:").containsPattern("\nspeed     " + speed);
    assertThat(int8.out())
        .containsPattern("          saved-model: [0-9.]+ KiB, " + speed)
        .containsPattern("          teacher: " + speed);
    assertThat(Files.readString(several.resolve("export-int8/model-card.md")))
        .contains("\n| format | onnx, int8 |\n")
        .contains("\n|  | format | size | accuracy % | as the run % | ms for one | images/s |\n")
        .containsPattern("\n\\| run \\| - \\| - \\| [0-9.]+ \\| - \\| [0-9.]+ \\| [0-9.]+ \\|\n")
        .containsPattern("\n\\| export \\| saved-model \\| [0-9.]+ KiB \\| [0-9.]+ \\| 100.00 ")
        .containsPattern("\n\\| export-onnx \\| onnx \\| [0-9.]+ KiB \\| [0-9.]+ \\| 100.00 ")
        .containsPattern("\n\\| export-int8 \\| onnx, int8 \\| [0-9.]+ KiB \\| ")
        .containsPattern("\n\\| teacher \\| - \\| - \\| - \\| - \\| [0-9.]+ \\| [0-9.]+ \\|\n")
        .containsPattern(
            "\nOn shapes held-out, 20 of 16x16x3. Speed was measured on \\d{4}-\\d\\d-\\d\\d, on .+,"
                + " \\d+ cores;");
    requireChecksums(several.resolve("export-int8"));

    CommandRun evaluated = kt("evaluate", several, "--export", "--runs", runs);

    assertThat(evaluated.err()).isEmpty();
    List<List<String>> table =
        evaluated.out().lines().skip(3).map(line -> List.of(line.split(" {2,}"))).toList();
    assertThat(evaluated.out().lines().limit(3))
        .containsExactly(
            "network        resnet-8 of " + several + ", best checkpoint",
            "pictures       shapes test, 20 of 16x16x3",
            "");
    assertThat(table.get(0))
        .containsExactly(
            "",
            "format",
            "size",
            "accuracy %",
            "as the run %",
            "as the teacher %",
            "ms for one",
            "images/s");
    assertThat(table)
        .extracting(row -> row.get(0))
        .containsExactly("", "run", "export", "export-onnx", "export-int8", "teacher");
    assertThat(table)
        .extracting(row -> row.get(1))
        .containsExactly("format", "-", "saved-model", "onnx", "onnx, int8", "-");
    // What the run itself reaches, by the command that evaluates it alone.
    String accuracy = accuracy(kt("evaluate", several));
    assertThat(table.get(1).get(3)).isEqualTo(accuracy);
    assertThat(table.get(2).subList(3, 5)).containsExactly(accuracy, "100.00");
    assertThat(table.get(3).subList(3, 5)).containsExactly(accuracy, "100.00");
    assertThat(table.get(5).get(3))
        .isEqualTo(accuracy(kt("evaluate", several, "--teacher", "--runs", runs)));
    assertThat(kt("predict", several.resolve("export-onnx"), picture()).out())
        .isEqualTo(kt("predict", several, picture()).out());
  }

  private static String accuracy(CommandRun evaluated) {
    Matcher accuracy = Pattern.compile("\naccuracy +([0-9.]+) %").matcher(evaluated.out());
    assertThat(accuracy.find()).as(evaluated.out()).isTrue();
    return accuracy.group(1);
  }

  /** A copy of a folder without the exports in it. */
  private static Path copied(Path run, String name) throws IOException {
    Path copy = folder.resolve(name);
    try (Stream<Path> files = Files.walk(run)) {
      for (Path file : files.toList()) {
        if (!run.relativize(file).startsWith("export")) {
          Files.copy(file, copy.resolve(run.relativize(file).toString()));
        }
      }
    }
    return copy;
  }

  @Test
  @Tag("slow")
  void exports_that_are_missing_damaged_or_of_another_run_are_not_evaluated() throws IOException {
    Path odd = copied(classifier, "odd");
    CommandRun none = kt("evaluate", odd, "--export");
    Path export = copied(exported("classifier", "--format onnx").folder(), "odd/export-onnx");
    Path model = export.resolve("model.onnx");
    byte[] whole = Files.readAllBytes(model);

    Files.write(model, Arrays.copyOf(whole, 1000));
    CommandRun damaged = kt("evaluate", odd, "--export", "--runs", runs);
    Files.write(model, whole);
    Path card = export.resolve("model-card.md");
    Files.writeString(card, Files.readString(card).replace("batch-size: 32", "batch-size: 33"));
    CommandRun other = kt("evaluate", odd, "--export", "--runs", runs);
    Files.delete(card);
    CommandRun unknown = kt("evaluate", odd, "--export", "--runs", runs);

    assertThat(none.err())
        .isEqualTo("kt: " + odd + ": has no export; fix: kt export " + odd + "\n");
    assertThat(damaged.err())
        .startsWith("kt: " + model + ": ONNX Runtime cannot load it (")
        .endsWith("); fix: export it anew\n");
    assertThat(other.err())
        .isEqualTo(
            "kt: "
                + export
                + ": is no export of "
                + odd
                + ": the configuration in its model-card.md is another one; fix: export the run"
                + " anew, with --overwrite\n");
    assertThat(unknown.err())
        .isEqualTo(
            "kt: "
                + export
                + ": has no model-card.md, so that it cannot be told whether it is an export of "
                + odd
                + "; fix: export the run anew, with --overwrite\n");
    assertThat(List.of(none, damaged, other, unknown))
        .allSatisfy(run -> assertThat(run.exitCode()).isEqualTo(2));
  }

  @Test
  @Tag("slow")
  void a_damaged_export_beside_it_does_not_keep_a_run_from_being_exported() throws IOException {
    Path mixed = copied(classifier, "mixed");
    Path broken = Files.createDirectories(mixed.resolve("export-onnx"));
    Files.writeString(broken.resolve("model.onnx"), "a text");

    CommandRun written = kt("export", mixed, "--runs", runs);

    assertThat(written.exitCode()).as(written.err()).isZero();
    assertThat(mixed.resolve("export/model-card.md"))
        .content()
        .contains("\nLeft out: " + broken + ": has no model-card.md, so that it cannot be told");
  }

  @Test
  @Tag("slow")
  void more_that_is_lost_in_8_bits_than_allowed_is_refused_and_nothing_is_left()
      throws IOException {
    Path coarse = copied(classifier, "coarse");

    CommandRun few = kt("export", coarse, "--int8", "--calibration", "77");
    // Ranges that cut off much of the values; by chance, one may lose nothing on 20 pictures.
    CommandRun lost =
        Stream.of(50.01, 60.0, 70.0, 80.0, 90.0)
            .flatMap(range -> Stream.of("best", "last").map(which -> coarse(coarse, range, which)))
            .filter(run -> run.exitCode() != 0)
            .findFirst()
            .orElseThrow();

    assertThat(few.exitCode()).isEqualTo(2);
    assertThat(few.err())
        .isEqualTo(
            "kt: int8: calibration 77 is not allowed; allowed: up to 76, the training pictures;"
                + " fix: --calibration 76\n");
    assertThat(lost.exitCode()).isEqualTo(2);
    assertThat(lost.err())
        .startsWith("kt: " + coarse + ": in 8 bits ")
        .containsPattern(
            " points of accuracy are lost: [0-9.]+ instead of [0-9.]+ % on 20 pictures \\(shapes"
                + " held-out\\), allowed: 0.0; nothing was written; fix: more pictures"
                + " \\(--calibration\\), ");
    assertThat(lost.out()).isEmpty();
    assertThat(coarse).isDirectoryNotContaining("glob:**export*");
  }

  /** Exports with these ranges to a folder that is removed; what was refused leaves none. */
  private static CommandRun coarse(Path run, double range, String which) {
    Path to = run.resolve("export-int8");
    CommandRun written =
        kt(
            "export",
            run,
            "--int8",
            "--calibration=1",
            "--range=percentile-" + range,
            "--allowed-loss=0",
            "--checkpoint=" + which,
            "--runs",
            runs);
    if (written.exitCode() == 0) {
      try {
        FileSteps.deleteTree(to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return written;
  }

  @Test
  void without_onnx_runtime_its_artifact_is_named_and_nothing_is_written() throws Exception {
    Path log = folder.resolve("without.txt");
    Path to = folder.resolve("without");
    String jars =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(each -> !Path.of(each).getFileName().toString().startsWith("onnxruntime"))
            .collect(Collectors.joining(File.pathSeparator));

    int code =
        new ProcessBuilder(
                KtProcess.command(
                    List.of(),
                    jars,
                    List.of("export", classifier.toString(), to.toString(), "--format", "onnx")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start()
            .waitFor();

    assertThat(Files.readString(log))
        .contains(
            "kt: "
                + to
                + ": needs ONNX Runtime, which is not on the class path; fix: add the artifact"
                + " com.microsoft.onnxruntime:onnxruntime");
    assertThat(code).isEqualTo(2);
    assertThat(to).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:**/.without*");
  }

  @Test
  void what_8_bits_cost_without_vnni_is_told_for_those_processors_only() {
    Int8Options all = Int8Options.defaults();
    Int8Options seven = new Int8Options(500, 1, 100, 7, false, 1);
    Processor without = new Processor("Old CPU", Optional.of(false));

    assertThat(ExportCommand.advice(all, without))
        .hasValueSatisfying(
            advice -> assertThat(advice).contains("Old CPU", "has no VNNI", "--weights-bits 7"));
    assertThat(ExportCommand.advice(seven, without)).isEmpty();
    assertThat(ExportCommand.advice(null, without)).isEmpty();
    assertThat(ExportCommand.advice(all, new Processor("New CPU", Optional.of(true)))).isEmpty();
    assertThat(ExportCommand.advice(all, new Processor("Other", Optional.empty()))).isEmpty();
  }

  @Test
  @Tag("slow")
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
        .containsPattern(
            "speed     [0-9.]+ ms for one picture, \\d+ images/s in batches of 64\\R"
                + "          teacher: [0-9.]+ ms for one picture, \\d+ images/s in batches of 64\\R$")
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
  @Tag("slow")
  void half_precision_tells_what_it_saves_and_costs() throws IOException {
    Exported export = exported("classifier", "--half");

    String told = export.written().out();
    Matcher half =
        Pattern.compile(
                "\nhalf      ([0-9.]+) KiB instead of ([0-9.]+) KiB, accuracy on the held-out"
                    + " pictures [+-][0-9.]+ points\\R")
            .matcher(told);
    assertThat(half.find()).as(told).isTrue();
    assertThat(Double.parseDouble(half.group(1)))
        .isLessThan(0.8 * Double.parseDouble(half.group(2)))
        .isCloseTo(Files.size(export.folder().resolve("saved_model.pb")) / 1024.0, within(0.06));
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
    Path export = copied(exported("classifier", "").folder(), "stays");
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

  private static String sha256(Path file) throws IOException {
    try {
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
      return HexFormat.of().formatHex(sum);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has it", e);
    }
  }
}
