package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Detectors; what is told of classifiers stands in {@link TrainCommandTest}. */
class EvaluateCommandTest {

  @TempDir private static Path folder;
  private static Path config;
  private static Path run;
  private static Path runs;
  private static CommandRun training;

  @BeforeAll
  static void train_a_detector_with_a_teacher() throws IOException {
    Files.writeString(
        folder.resolve("teacher.yaml"),
        SmallExperiments.DETECTOR.replace("head-units: 16", "head-units: 24"));
    config =
        Files.writeString(
            folder.resolve("student.yaml"),
            SmallExperiments.taught(SmallExperiments.DETECTOR, "{term: kd}"));
    run = folder.resolve("run");
    runs = folder.resolve("runs");
    training = kt("train", config, "--out", run, "--runs", runs);
  }

  @Test
  void training_tells_the_score_in_the_words_of_detection() {
    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .containsPattern("teacher    faster-rcnn from \\S+, mAP \\d+[.]\\d\\d % on the held-out")
        .containsPattern("complete   mAP \\d+[.]\\d\\d % on the test pictures after epoch 1 ")
        .contains("test mAP %, last epoch")
        .containsPattern("\nstudent with kd +\\d+[.]\\d\\d ");
  }

  @Test
  void a_detector_is_told_every_figure_and_every_class() {
    CommandRun evaluated = kt("evaluate", run, "--split", "held-out");

    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    assertThat(evaluated.out())
        .startsWith("network        faster-rcnn of " + run + ", best checkpoint")
        .contains("pictures       shapes-detection held-out, 4")
        .containsPattern("mAP +\\d+[.]\\d\\d %, IoU 0.5, by area")
        .contains("VOC 2007, 11 points", "AP50", "triangle", "heart", "objects", " images/s");
  }

  @Test
  void the_teacher_of_a_detector_is_a_detector_that_is_evaluated() {
    CommandRun teacher = kt("evaluate", config, "--teacher", "--runs", runs);

    assertThat(teacher.exitCode()).as(teacher.err()).isZero();
    assertThat(teacher.out())
        .startsWith("network        teacher, faster-rcnn from ")
        .contains("pictures       shapes-detection test, 4")
        .containsPattern("mAP +\\d+[.]\\d\\d %, IoU 0.5, by area")
        .containsPattern("triangle +\\d+[.]\\d\\d % of \\d+ objects")
        .contains(" images/s");
  }

  @Test
  void the_exports_of_a_detector_stand_beside_it_and_its_teacher() {
    assertThat(kt("export", run, "--runs", runs).exitCode()).isZero();
    CommandRun onnx = kt("export", run, "--format", "onnx", "--runs", runs);

    CommandRun evaluated = kt("evaluate", run, "--export", "--split", "held-out", "--runs", runs);

    assertThat(onnx.exitCode()).as(onnx.err()).isZero();
    assertThat(onnx.out())
        .containsPattern("\nspeed     [0-9.]+ ms for one picture, [0-9.]+ images/s\n")
        .containsPattern("\n          saved-model: [0-9.]+ [KM]iB, [0-9.]+ ms for one picture, ")
        .containsPattern("\n          teacher: [0-9.]+ ms for one picture, ");
    assertThat(evaluated.exitCode()).as(evaluated.err()).isZero();
    List<List<String>> table =
        evaluated.out().lines().skip(3).map(line -> List.of(line.split(" {2,}"))).toList();
    assertThat(table.get(0))
        .containsExactly(
            "",
            "format",
            "size",
            "mAP %",
            "as the run %",
            "as the teacher %",
            "ms for one",
            "images/s");
    assertThat(table)
        .extracting(row -> row.get(0) + " " + row.get(1))
        .containsExactly(" format", "run -", "export saved-model", "export-onnx onnx", "teacher -");
    // What the run itself reaches, by the command that evaluates it alone.
    Matcher alone =
        Pattern.compile("\nmAP +([0-9.]+) %")
            .matcher(kt("evaluate", run, "--split", "held-out").out());
    assertThat(alone.find()).isTrue();
    assertThat(table.subList(1, 4)).extracting(row -> row.get(3)).containsOnly(alone.group(1));
    assertThat(table.subList(2, 4)).extracting(row -> row.get(4)).containsOnly("100.00");
    assertThat(run.resolve("export-onnx/model-card.md"))
        .content()
        .contains("\n| format | onnx |\n", "\n## Formats\n", "| export | saved-model | ");
  }

  @Test
  void a_detector_that_learns_alone_has_no_teacher_to_evaluate() {
    CommandRun none = kt("evaluate", folder.resolve("teacher.yaml"), "--teacher", "--runs", runs);

    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err())
        .isEqualTo("kt: " + folder.resolve("teacher.yaml") + ": has no teacher\n");
  }

  /** Beside the evaluation of the teacher, for it is the same run that is looked at. */
  @Test
  void the_neurons_of_a_detector_are_drawn_beside_its_teachers() {
    CommandRun drawn = kt("visualize", run, "--runs", runs, "--neurons", 1, "--top", 2);

    assertThat(drawn.err()).isEmpty();
    assertThat(drawn.exitCode()).isZero();
    assertThat(drawn.out())
        .contains(
            "teacher         faster-rcnn from ",
            "student before  an untrained detector",
            "student after   faster-rcnn of " + run,
            "layers          stage3 beside stage3",
            "pictures        4 of shapes-detection test")
        .containsPattern("MMD\\^2, linear kernel +\\d\\S+ +\\d\\S+ +[+-]\\d+\\.\\d %");
    assertThat(run.resolve("figures").resolve("figures.html")).isNotEmptyFile();
    assertThat(run.resolve("figures").resolve("neurons.png")).isNotEmptyFile();
  }
}
