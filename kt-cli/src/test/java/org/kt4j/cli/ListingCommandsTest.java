package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListingCommandsTest {

  @Test
  void methods_lists_what_is_built_in_and_what_the_service_loader_finds() {
    CommandRun run = kt("methods");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("learn from labels:\n  cross-entropy  ")
        .containsPattern("learn from the teacher's logits:\n(  .*\n)*  kd  ")
        .containsPattern("learn from the teacher's features:\n(  .*\n)*  nst  ")
        .containsPattern("\n  fitnets  .*; trains a regressor beside the student\n")
        .containsPattern("\ncriteria of kt prune:\nl1 .*\nlasso .*\nrandom .*\ntaylor .*\nthinet ")
        .containsPattern("\ncriteria of student: [{]mask: [.]{3}[}]:\nmagnitude .*\nobd ");
    assertThat(run.err()).isEmpty();
  }

  @Test
  void methods_with_a_name_shows_options_and_an_example() {
    CommandRun run = kt("methods", "kd");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("temperature +number +4.0 +divides both sides' logits")
        .contains("  - {term: kd, weight: 1, temperature: 4.0, standardize: false}")
        .contains("preset kd-repdistiller: ")
        .contains("{term: kd, weight: 0.9, temperature: 4}");
    assertThat(kt("methods", "sp").out()).contains("  - {term: sp, weight: 3000, ");
    assertThat(kt("methods", "dkd").out()).contains("  - {term: dkd, weight: 1, ");
    assertThat(kt("methods", "nst").out())
        .contains("kernel: polynomial, degree: 2", "chosen by size when empty");
    assertThat(kt("methods", "cross-entropy").out()).contains("label-smoothing");
  }

  @Test
  void methods_for_a_configuration_says_which_fit_and_why_others_do_not(@TempDir Path folder)
      throws IOException {
    // Maps of 16x16, 8x8 and 4x4 on either side, with 64 and 16 channels in the last stage.
    Path config =
        Files.writeString(
            folder.resolve("c.yaml"),
            """
            data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
            teacher: {config: teacher.yaml}
            student: {network: resnet-8, width: 4}
            batch-size: 16
            phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
            """);
    Files.writeString(
        folder.resolve("teacher.yaml"),
        """
        data: {name: shapes, train: 96, test: 40, held-out: 32, size: 16}
        student: {network: resnet-8}
        batch-size: 16
        phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
        """);

    CommandRun run = kt("methods", "--for", config.toString());
    CommandRun alone = kt("methods", "--for", config.toString(), "--set", "teacher=null");

    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("options:\n(  .*\n)*  nst  (.*\n)*\ndo not:\n")
        .contains("  rpn-box: is one of the four losses of a detector, and this student is none");
    assertThat(alone.out())
        .containsPattern("options:\n  cross-entropy .*\n")
        .contains("  kd: learns from a teacher and there is none; fix: add teacher:");
    assertThat(folder).isDirectoryNotContaining("glob:**/runs");
  }

  @Test
  void what_does_not_go_with_a_list_of_methods_is_refused() {
    assertThat(kt("methods", "--set", "seed=1").err())
        .startsWith("kt: --set: belongs to --for CONFIG");
    assertThat(kt("methods", "kd", "--for", "c.yaml").err())
        .startsWith("kt: --for: is for all terms; fix: leave out kd");
  }

  @Test
  void an_unknown_method_is_bad_input_with_the_nearest_name() {
    CommandRun run = kt("methods", "nts");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kt: unknown term 'nts'; known: ")
        .contains("did you mean 'nst'?");
  }

  @Test
  void networks_lists_families_and_shows_the_options_of_a_member() {
    assertThat(kt("networks").out()).contains("resnet  ");

    CommandRun run = kt("networks", "resnet-8");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("depth +whole number +8")
        .contains("student: {network: resnet-8}");
    assertThat(kt("networks", "resnet-9").exitCode()).isEqualTo(2);
  }

  /** The property is what the script of an archive sets. */
  @Test
  void version_says_when_it_is_that_of_an_archive() {
    System.setProperty("kt.archive", "linux-arm64");
    try {
      assertThat(kt("version").out()).containsPattern("kt4j +\\S+, archive for linux-arm64\n");
    } finally {
      System.clearProperty("kt.archive");
    }
    assertThat(kt("version").out()).doesNotContain("archive");
  }

  @Test
  void version_names_every_library() {
    CommandRun run = kt("version");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .containsPattern("kt4j +\\d+\\.\\d+")
        .containsPattern("TensorFlow +2\\.\\d+\\.\\d+ \\(TensorFlow Java \\d")
        .containsPattern("DJL +\\d")
        .containsPattern("oneDNN +o(n|ff)")
        .contains("cores");
    assertThat(kt("--version").out()).startsWith("kt4j ");
  }

  @Test
  void data_inspect_counts_measures_and_draws(@TempDir Path folder) {
    Path sheet = folder.resolve("sheet.png");

    CommandRun run =
        kt(
            "data",
            "inspect",
            "shapes",
            "--set",
            "train=60",
            "--set",
            "held-out=10",
            "--set",
            "test=20",
            "--set",
            "size=16",
            "--sheet",
            sheet);

    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("pictures of 16x16x3 in 10 classes")
        .containsPattern("circle +5 +1 +2\n")
        .containsPattern("all +50 +10 +20\n")
        .contains("measured on train: mean [0.", "used by default:   mean [0.");
    assertThat(sheet).isNotEmptyFile();
  }

  @Test
  void data_inspect_draws_the_boxes_of_a_detection_configuration(@TempDir Path folder)
      throws IOException {
    Path config = Files.writeString(folder.resolve("boxes.yaml"), SmallExperiments.DETECTOR);
    Path boxes = folder.resolve("boxes.png");
    Path classes = folder.resolve("classes.png");
    Path named = folder.resolve("named.png");

    CommandRun drawn = kt("data", "inspect", config, "--sheet", boxes);
    CommandRun asClasses =
        kt("data", "inspect", config, "--sheet", classes, "--task", "classification");
    CommandRun byName =
        kt(
            "data",
            "inspect",
            "shapes-detection",
            "--set",
            "train=12",
            "--set",
            "held-out=4",
            "--set",
            "test=4",
            "--set",
            "height=64",
            "--set",
            "width=96",
            "--sheet",
            named,
            "--task",
            "detection");
    CommandRun unknown = kt("data", "inspect", config, "--sheet", boxes, "--task", "detecton");

    assertThat(drawn.err()).isEmpty();
    assertThat(drawn.exitCode()).isZero();
    assertThat(drawn.out()).contains("contact sheet: " + boxes);
    // Whole pictures, twelve of them; the classifier is shown its objects, cut out.
    BufferedImage sheet = ImageIO.read(boxes.toFile());
    assertThat(sheet.getWidth()).isGreaterThanOrEqualTo(96);
    assertThat(asClasses.exitCode()).as(asClasses.err()).isZero();
    assertThat(classes).isNotEmptyFile();
    assertThat(Files.readAllBytes(classes)).isNotEqualTo(Files.readAllBytes(boxes));
    assertThat(byName.exitCode()).as(byName.err()).isZero();
    assertThat(named).hasSameBinaryContentAs(boxes);
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("--task: unknown task 'detecton'", "mean 'detection'?");
  }

  @Test
  void data_lists_and_refuses_what_it_does_not_know() {
    assertThat(kt("data").out()).contains("shapes", "kt data download cifar-10");

    CommandRun unknown = kt("data", "inspect", "shaeps");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("did you mean 'shapes'?");

    CommandRun homeless = kt("data", "download", "shapes");
    assertThat(homeless.exitCode()).isEqualTo(2);
    assertThat(homeless.err()).isEqualTo("kt: shapes: has no public home to download from\n");
  }

  @Test
  void every_command_has_help() {
    for (String command :
        new String[] {
          "init",
          "train",
          "cluster-cost",
          "evaluate",
          "export",
          "predict",
          "methods",
          "networks",
          "data"
        }) {
      CommandRun run = kt(command, "--help");

      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).startsWith("Usage: kt " + command);
    }
  }

  @Test
  void a_misspelt_command_or_option_is_bad_input_with_the_nearest_one() {
    CommandRun command = kt("trian");
    assertThat(command.exitCode()).isEqualTo(2);
    assertThat(command.err()).startsWith("kt: ").contains("Did you mean: kt train?");

    CommandRun option = kt("train", "x.yaml", "--sed", "2");
    assertThat(option.exitCode()).isEqualTo(2);
    assertThat(option.err()).startsWith("kt: ").contains("--seed");

    assertThat(kt().exitCode()).isEqualTo(2);
  }
}
