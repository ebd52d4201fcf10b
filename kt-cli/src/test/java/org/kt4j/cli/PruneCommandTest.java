package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import com.google.inject.Guice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.comparison.suite.SuiteReader;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentConfig;

class PruneCommandTest {

  private static final String DATA =
      "data: {name: shapes, size: 16, train: 96, held-out: 32, test: 32}\n";
  private static final String PHASE =
      "phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]\nbatch-size: 16\n";

  @TempDir private static Path folder;
  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("whole.yaml"),
            DATA + "student: {network: resnet-8, width: 8}\n" + PHASE);
    run = folder.resolve("run");
    CommandRun training = kt("train", config, "--out", run);
    assertThat(training.exitCode()).as(training.err()).isZero();
  }

  private static Path config(String name, String student) throws IOException {
    return Files.writeString(folder.resolve(name), DATA + "student: " + student + "\n" + PHASE);
  }

  @Test
  void what_is_pruned_is_told_by_layer_and_is_the_beginning_of_a_run() throws IOException {
    Path pruned = folder.resolve("pruned");

    CommandRun command =
        kt("prune", run, pruned, "--keep", "0.5", "--multiple", "4", "--criterion", "taylor");

    assertThat(command.exitCode()).as(command.err()).isZero();
    // 3 x 3 x 8 x 8 weights at 16 x 16 places, of which half are left. 216 + 16 of the first
    // convolution and its normalisation, 600, 1,776 and 7,008 of the stages, 330 of the dense
    // layer.
    assertThat(command.out())
        .contains("scores of 3 convolutions by taylor, 64 training pictures\n")
        .containsPattern("\nlayer1[.]0[.]conv1 +8 -> 4 +147,456 +73,728 +576 +288\n")
        .containsPattern("\nlayer1[.]0[.]conv2 +8 +147,456 +73,728 +576 +288\n")
        .containsPattern("\nlayer3[.]0[.]conv1 +32 -> 16 +")
        .containsPattern("\nparameters +19,218 +9,946 +0[.]52\n")
        .containsPattern("\nms for one picture +[0-9.]+ +[0-9.]+ +[0-9.]+\n")
        .containsPattern("\nheld-out accuracy +[0-9.]+ % +[0-9.]+ %\n")
        .contains("folder: " + pruned + "  (a run begins with it: student: {pruned: ");
    assertThat(pruned.toFile().list())
        .containsExactlyInAnyOrder("SHA256SUMS", "pruning.json", "student.yaml", "weights.npz");

    Path trained = folder.resolve("trained");
    CommandRun training =
        kt("train", config("pruned.yaml", "{pruned: " + pruned + "}"), "--out", trained);

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains(
            "student    resnet-8 (depth 8, width 8, shortcut a), 3 convolutions of other widths")
        .contains("with 37 of its 37 variables from " + pruned.resolve("weights.npz"))
        .contains("resnet-8, 9,946 parameters");
    for (String[] next :
        new String[][] {
          {"evaluate", trained.toString()},
          {"export", trained.toString(), "--format", "onnx"},
          {"prune", trained.toString(), folder.resolve("twice").toString(), "--multiple", "2"}
        }) {
      CommandRun after = kt((Object[]) next);
      assertThat(after.exitCode()).as(after.err()).isZero();
    }
    assertThat(trained.resolve("export-onnx/model-card.md"))
        .content()
        .contains(
            "\n| made small | 3 convolutions of other widths |\n",
            "\n| began with | weights from `" + pruned.resolve("weights.npz") + "` |\n");
    CommandRun taught =
        kt(
            "train",
            Files.writeString(
                folder.resolve("taught.yaml"),
                DATA
                    + "teacher: {run: "
                    + trained
                    + ", allow-weak: true}\nstudent: {network: resnet-8, width: 4}\n"
                    + PHASE.replace("{term: cross-entropy}", "{term: kd}")),
            "--out",
            folder.resolve("taught"));
    assertThat(taught.exitCode()).as(taught.err()).isZero();
  }

  @Test
  void a_pruned_student_computes_with_signs_and_one_of_signs_is_not_pruned() throws IOException {
    Path signs = folder.resolve("signs");
    Path config =
        config(
            "signs.yaml",
            "{prune: {from: " + run + ", criterion: l1, keep: 0.5, multiple: 4}, binary: xnor}");

    CommandRun training = kt("train", config, "--out", signs);

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains(", signs: scheme xnor, first-and-last floats, shortcuts block")
        .contains("resnet-8, 9,946 parameters");
    CommandRun again =
        kt(
            "train",
            config("again.yaml", "{prune: {from: " + signs + ", criterion: l1}, binary: xnor}"),
            "--out",
            folder.resolve("again"));
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err())
        .contains(
            "student.prune.from: "
                + signs
                + ": its student computes with signs, and only networks in floats are pruned; fix:"
                + " prune the network in floats, and give the pruned student binary");
  }

  @Test
  void a_configuration_prunes_its_teacher_in_rounds_and_goes_on_where_it_stopped()
      throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("rounds.yaml"),
            DATA
                + "teacher: {run: "
                + run
                + ", allow-weak: true}\n"
                + "student: {prune: {from: teacher, criterion: l1, keep: 0.5, multiple: 8, rounds: 3,"
                + " reconstruct: true}}\n"
                + PHASE.replace("{term: cross-entropy}", "{term: cross-entropy}, {term: kd}"));
    Path runs = folder.resolve("runs");
    Path out = folder.resolve("rounds");

    CommandRun first = kt("train", config, "--out", out, "--runs", runs);
    CommandRun again = kt("train", config, "--out", out, "--runs", runs);

    assertThat(first.exitCode()).as(first.err()).isZero();
    assertThat(first.out())
        .contains("prune      pruning resnet-8 from " + run + " by l1, round 1 of 3\n")
        .contains("prune      least squares of the layers behind\n")
        .containsPattern(
            "prune      pruning resnet-8 from \\S+-round-2-trained by l1, round 3 of 3");
    // Half of 16 and 32, in multiples of 8; that of 8 would be 4. No single round takes 8 of 16.
    assertThat(out.resolve("config.yaml"))
        .content()
        .contains("layer2.0.conv1: 8\n", "layer3.0.conv1: 16\n")
        .doesNotContain("layer1.0.conv1")
        .doesNotContain("prune:");
    assertThat(again.exitCode()).as(again.err()).isZero();
    assertThat(again.out()).doesNotContain("scores of");
    try (var folders = Files.list(runs.resolve("pruned"))) {
      assertThat(folders.map(each -> each.getFileName().toString()).toList())
          .hasSize(5)
          .allMatch(name -> name.startsWith("resnet-8-l1-"));
    }
  }

  @Test
  void a_detector_takes_widths_for_its_backbone() throws IOException {
    String backbone = "backbone: {network: imagenet-resnet-10, width: 8";
    Path config =
        Files.writeString(
            folder.resolve("detector.yaml"),
            SmallExperiments.DETECTOR.replace(
                backbone, backbone + ", widths: {layer1.0.conv1: 4, layer3.0.conv1: 16}"));

    CommandRun training = kt("train", config, "--out", folder.resolve("widths"));
    CommandRun unknown =
        kt(
            "train",
            Files.writeString(
                folder.resolve("unknown.yaml"),
                SmallExperiments.DETECTOR.replace(backbone, backbone + ", widths: {layer9: 4}")),
            "--out",
            folder.resolve("none"));

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("backbone.widths: unknown convolution 'layer9'");
  }

  @Test
  void a_detector_is_pruned_as_a_whole_and_trained_further() throws IOException {
    String whole = SmallExperiments.DETECTOR.replace("tap: stage3", "tap: stage3\n  head: stage");
    String around = whole.replaceAll("(?s)student:.*(?=batch-size)", "");
    Path detector = folder.resolve("detector");
    CommandRun first =
        kt("train", Files.writeString(folder.resolve("detector.yaml"), whole), "--out", detector);
    assertThat(first.exitCode()).as(first.err()).isZero();
    Path left = folder.resolve("detector-left");

    CommandRun pruning = kt("prune", detector, left, "--multiple", "4", "--criterion", "taylor");

    assertThat(pruning.exitCode()).as(pruning.err()).isZero();
    // The map has 4 x 6 positions of 32 channels, which 16 filters of 3 x 3 read; the stage behind
    // reads 7 x 7 bins of each of 20 regions at 4 x 4 positions with 64 filters.
    assertThat(pruning.out())
        .contains("scores of 5 convolutions by taylor, 8 training pictures\n")
        .containsPattern("\nrpn[.]conv +16 -> 8 +110,592 +55,296 +4,624 +2,312\n")
        .containsPattern("\nlayer4[.]0[.]conv1 +64 -> 32 +5,898,240 +2,949,120 +18,432 +9,216\n")
        .containsPattern("\nms for one picture +[0-9.]+ +[0-9.]+ +[0-9.]+\n")
        .containsPattern("\nheld-out mAP +[0-9.]+ % +[0-9.]+ %\n")
        .doesNotContain("ms for 1 ");
    assertThat(left.resolve("student.yaml"))
        .content()
        .contains("network: faster-rcnn\n", "rpn-channels: 8\n", "layer4.0.conv1: 32\n");

    Path trained = folder.resolve("detector-trained");
    Path config =
        Files.writeString(
            folder.resolve("detector-left.yaml"), around + "student: {pruned: " + left + "}\n");
    CommandRun training = kt("train", config, "--out", trained);
    CommandRun export = kt("export", trained, "--format", "onnx");

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(training.out())
        .contains(", backbone of other widths\n")
        .contains("variables from " + left.resolve("weights.npz"));
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(trained.resolve("export-onnx/model-card.md"))
        .content()
        .contains("\n| made small | backbone of other widths |\n");
    requireRounds(detector, around);
    requireRefused(detector);
  }

  /** In rounds, shares are of the whole detector: three quarters of 16 are 12, and not 8 of 12. */
  private static void requireRounds(Path detector, String around) throws IOException {
    Path out = folder.resolve("detector-rounds");
    CommandRun rounds =
        kt(
            "train",
            Files.writeString(
                folder.resolve("detector-rounds.yaml"),
                around
                    + "student: {prune: {from: "
                    + detector
                    + ", criterion: thinet, keep: {stage4: 0.5, rpn.conv: 0.75}, multiple: 4,"
                    + " rounds: 2, reconstruct: true}}\n"),
            "--out",
            out,
            "--runs",
            folder.resolve("detector-runs"));
    assertThat(rounds.exitCode()).as(rounds.err()).isZero();
    assertThat(rounds.out()).contains("prune      least squares of the layers behind\n");
    assertThat(out.resolve("config.yaml"))
        .content()
        .contains("rpn-channels: 12\n", "layer4.0.conv1: 32\n")
        .doesNotContain("layer3.0.conv1:", "prune:");
  }

  private static void requireRefused(Path detector) {
    for (String[] wrong :
        new String[][] {
          {"stage5=0.5", "keep: unknown layer or stage 'stage5'"},
          {"box_head.fc6=0.5", "keep: unknown layer or stage 'box_head.fc6'"},
          {
            "layer3.0.conv2=0.5",
            "keep: the channels of layer3.0.conv2 are added to those of layer3.0.downsample.0"
          },
        }) {
      Path to = folder.resolve("detector-refused");
      CommandRun refused = kt("prune", detector, to, "--keep", wrong[0]);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).startsWith("kt: " + wrong[1]);
      assertThat(to).doesNotExist();
    }
  }

  @Test
  void the_student_alone_of_a_suite_keeps_the_teacher_that_it_is_pruned_from() throws IOException {
    Files.writeString(
        folder.resolve("narrowed.yaml"),
        DATA
            + "teacher: {run: "
            + run
            + "}\nstudent: {prune: {from: teacher, criterion: l1}}\n"
            + PHASE.replace("cross-entropy}", "cross-entropy}, {term: kd}"));
    Path suite =
        Files.writeString(
            folder.resolve("narrowed-suite.yaml"),
            """
            base: narrowed.yaml
            seeds: [1]
            methods:
              - name: KD
                grid: {student.prune.criterion: [l1, random]}
              - name: KD, from scratch
                set: {student.prune.fresh: true}
            """);

    SuitePlan plan =
        Guice.createInjector(KtModule.fromClassPath())
            .getInstance(SuiteReader.class)
            .read(suite, Map.of(), folder.resolve("runs"));

    ExperimentConfig alone = plan.inOrder().get(0).config();
    assertThat(plan.inOrder()).hasSize(4);
    assertThat(alone.allTeachers()).hasSize(1);
    assertThat(alone.phases().get(0).objective()).hasSize(1);
    assertThat(alone.student().prune()).isNotNull();
  }

  @Test
  void a_suite_that_prunes_has_both_controls_once_for_each_way_of_training() throws IOException {
    Files.writeString(
        folder.resolve("base.yaml"),
        DATA
            + "teacher: {run: "
            + run
            + "}\nstudent: {network: resnet-8, width: 4}\n"
            + PHASE.replace("cross-entropy}", "cross-entropy}, {term: kd}"));
    Path suite =
        Files.writeString(
            folder.resolve("suite.yaml"),
            """
            base: base.yaml
            seeds: [1]
            methods:
              - name: l1
                set: {student: {prune: {from: teacher, criterion: l1}}}
              - name: l1, fitted
                set: {student: {prune: {from: teacher, criterion: l1, reconstruct: true}}}
              - name: alone, thinet
                objective: [{term: cross-entropy}]
                set: {student: {prune: {from: teacher, criterion: thinet}}}
              - name: alone, any
                objective: [{term: cross-entropy}]
                set: {student: {prune: {from: teacher, criterion: random}}}
            """);

    SuitePlan plan =
        Guice.createInjector(KtModule.fromClassPath())
            .getInstance(SuiteReader.class)
            .read(suite, Map.of(), folder.resolve("runs"));

    assertThat(plan.inOrder().stream().map(Object::toString))
        .containsExactly(
            "student alone, seed 1",
            "l1, seed 1",
            "l1, fitted, seed 1",
            "alone, thinet, seed 1",
            "alone, any, seed 1",
            "l1, random filters, seed 1",
            "l1, its widths from scratch, seed 1",
            "alone, thinet, its widths from scratch, seed 1");
  }

  @Test
  void a_run_that_was_pruned_in_its_own_folder_can_be_trained_again() throws IOException {
    Path again = folder.resolve("again");
    Path config = config("again.yaml", "{network: resnet-8, width: 8}");
    assertThat(kt("train", config, "--out", again).exitCode()).isZero();
    CommandRun pruning = kt("prune", again, "--multiple", "4");
    assertThat(pruning.exitCode()).as(pruning.err()).isZero();
    assertThat(again.resolve("pruned-l1")).isDirectory();

    CommandRun training = kt("train", config, "--out", again, "--overwrite");

    assertThat(training.exitCode()).as(training.err()).isZero();
    assertThat(again.resolve("pruned-l1")).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "--keep 0 | pruning: prune.keep.all: 0 is not allowed; allowed: the share that stays, above 0, up to 1",
        "--keep half | pruning: prune.keep.all: half is not allowed; allowed: the share that stays, above 0, up to 1",
        "--keep stage9=0.5 | keep: unknown layer or stage 'stage9'",
        "--keep layer1.0.conv2=0.5 | keep: the channels of layer1.0.conv2 are added to those of conv1",
        "--criterion l2 | pruning: prune.criterion: unknown criterion 'l2'",
        "--flops 0.01 | flops: 0.01 cannot be reached: with 8 filters in each layer",
        "--flops 0.5 --latency 0.5 | pruning: prune.latency: 0.5 is not allowed",
        "--flops 0.5 --keep 0.5 | pruning: prune.keep: {all=0.5} is not allowed",
        "--multiple 0 | pruning: prune.multiple: 0 is not allowed; allowed: 1 to 64",
        "--skip stage1,stage2,stage3 | no filter of the network can be removed: channels that layers share stay without tied: true; skip leaves [stage1, stage2, stage3] as they are",
        "--set seed=2 | --set: goes with a configuration, ",
      })
  void what_cannot_be_pruned_is_told_and_nothing_is_left(String options, String message) {
    Path to = folder.resolve("refused");
    Object[] arguments = ("prune " + run + " " + to + " " + options).split(" ");

    CommandRun refused = kt(arguments);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).startsWith("kt: " + message);
    assertThat(to).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{prune: {from: nowhere, criterion: l1}} | student.prune.from: 'nowhere' holds no run",
        "{prune: {from: teacher, criterion: l1}} | student.prune.from: teacher: this configuration has no teacher",
        "{network: resnet-8, prune: {from: x, criterion: l1}} | student.prune: stands beside network",
        "{pruned: nowhere} | student.pruned: nowhere holds no pruned network",
        "{pruned: nowhere, network: resnet-8} | student.pruned: stands beside network",
        "{network: resnet-8, widths: {conv1: 0}} | student.widths: {conv1: 0} is not allowed; allowed: 1 to 65536 filters",
        "{network: resnet-8, widths: {linear: 4}} | student.widths: the filters of 'linear' follow from",
        "{network: resnet-8, widths: {conv9: 4}} | student.widths: unknown convolution 'conv9'",
        "{network: resnet-8, widths: {layer1.0.conv2: 4}} | widths: the outputs of layer1.0.bn2, 4 channels, and of bn1, 16, are added to each other",
      })
  void students_that_cannot_be_made_are_told_before_training(String student, String message)
      throws IOException {
    Path out = folder.resolve("never");

    CommandRun refused = kt("train", config("wrong.yaml", student), "--out", out);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains(message);
    assertThat(out).doesNotExist();
  }
}
