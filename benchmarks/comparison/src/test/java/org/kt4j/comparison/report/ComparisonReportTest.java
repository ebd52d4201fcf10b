package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;

class ComparisonReportTest {

  @TempDir private Path folder;

  private List<Path> threeSeeds() throws IOException {
    List<Path> runs = new ArrayList<>();
    double[] alone = {0.60, 0.62, 0.64};
    double[] kd = {0.65, 0.68, 0.69};
    for (int seed = 1; seed <= 3; seed++) {
      Path run = folder.resolve("alone-" + seed);
      runs.add(WrittenRuns.complete(run, WrittenRuns.ALONE, seed, alone[seed - 1], 4));
      run = folder.resolve("kd-" + seed);
      runs.add(WrittenRuns.complete(run, WrittenRuns.KD, seed, kd[seed - 1], 4));
    }
    return runs;
  }

  @Test
  void runs_that_differ_in_the_seed_alone_are_one_row_and_each_gain_is_paired_by_seed()
      throws IOException {
    ComparisonReport report = ComparisonReport.ofRuns(threeSeeds(), null, false);

    // By hand: differences 5, 6, 5 points: mean 5.33, deviation 0.577, 4.303 x 0.577 / sqrt(3) =
    // 1.434.
    assertThat(report.tables()).hasSize(1);
    assertThat(report.tables().get(0).rows())
        .containsExactly(
            List.of(
                "student alone",
                "62.00 ± 2.00",
                "-",
                "-",
                "63.00 ± 2.00",
                "-",
                "1:05",
                "1000",
                "1.0 GiB"),
            List.of(
                "kd",
                "67.33 ± 2.08",
                "+5.33",
                "+3.90 to +6.77",
                "68.33 ± 2.08",
                "75.00 ± 0.00",
                "1:05",
                "1000",
                "1.0 GiB"),
            List.of("teacher", "90.00", "-", "-", "90.00", "-", "-", "-", "-"));
    assertThat(report.findings())
        .containsExactly(
            "Of the methods, kd does best: its test accuracy is 67.33 ± 2.08 %, a gain of +5.33"
                + " percentage points over the student alone (95 % interval +3.90 to +6.77), which is"
                + " 19 % of the way to the teacher.",
            "The 95 % interval of the gain lies above zero, so these methods help: kd.");
  }

  @Test
  void methods_are_not_named_where_none_is_decided() throws IOException {
    List<Path> runs = threeSeeds();
    List<Path> oneSeed = runs.subList(0, 2);
    List<Path> unlike = new ArrayList<>(oneSeed);
    unlike.add(runs.get(2));
    // 65 and 60 % where the student alone has 60 and 62: +5 and -2 points.
    unlike.add(WrittenRuns.complete(folder.resolve("worse"), WrittenRuns.KD, 2, 0.60, 4));

    assertThat(ComparisonReport.ofRuns(oneSeed, null, false).findings())
        .contains("With one seed no gain has an interval, so all methods are undecided.");
    assertThat(ComparisonReport.ofRuns(unlike, null, false).findings())
        .contains("The 95 % interval of each gain contains zero, so all methods are undecided.");
  }

  @Test
  void the_page_holds_everything_and_asks_the_network_for_nothing() throws IOException {
    ComparisonReport report = ComparisonReport.ofRuns(threeSeeds(), null, false);

    String page = Files.readString(report.write(folder.resolve("out")));

    assertThat(page)
        .contains("67.33 ± 2.08", "+3.90 to +6.77", "<svg", "prefers-color-scheme: dark")
        .contains("&lt;dog&gt;")
        .doesNotContain("<dog>", "<script", "http:", "https:", "@import", "url(");
    assertThat(folder.resolve("out")).isDirectoryContaining("glob:**/report.md");
  }

  @Test
  void the_gain_of_each_class_is_from_the_scores_and_in_older_folders_from_the_predictions()
      throws IOException {
    List<Path> runs = threeSeeds();
    ComparisonReport.ofRuns(runs, null, false).write(folder);
    String ofScores = Files.readString(folder.resolve("report.md"));
    for (Path run : runs) {
      WrittenRuns.older(run);
    }

    ComparisonReport.ofRuns(runs, null, false).write(folder);
    String ofPredictions = Files.readString(folder.resolve("report.md"));

    // All mistakes are in the first class: 380 of 500 wrong on average alone, 326.67 with kd.
    assertThat(ofScores)
        .contains("### Gain in accuracy of each class, in percentage points")
        .contains("| class | baseline accuracy % | kd | teacher accuracy % |")
        .contains("| cat | 24.0 | +10.7 | 100.0 |")
        .contains("| <dog> | 100.0 | +0.0 | 100.0 |");
    assertThat(ofPredictions)
        .contains("| cat | 24.0 | +10.7 | 100.0 |")
        .contains("| <dog> | 100.0 | +0.0 | 100.0 |");
  }

  @Test
  void
      a_folder_of_an_older_version_is_one_of_a_classifier_and_all_terms_count_where_there_is_a_teacher()
          throws IOException {
    List<Path> runs = threeSeeds();
    for (Path run : runs) {
      WrittenRuns.older(run);
    }

    ComparisonReport report = ComparisonReport.ofRuns(runs, null, false);

    assertThat(report.title()).isEqualTo("student alone compared with 1 other method");
    assertThat(report.tables().get(0).header()).contains("test accuracy %, last epoch");
    assertThat(report.tables().get(0).rows().get(1).subList(0, 3))
        .containsExactly("cross-entropy + kd", "67.33 ± 2.08", "+5.33");
  }

  @Test
  void the_numbers_are_there_for_other_programs() throws IOException {
    ComparisonReport.ofRuns(threeSeeds(), null, false).write(folder);

    assertThat(Files.readAllLines(folder.resolve("results.csv")))
        .hasSize(3)
        .element(2)
        .asString()
        .startsWith(",kd,3,0.6733");
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .hasSize(7)
        .contains(
            ",student alone,1,"
                + folder.resolve("alone-1")
                + ",0.6,0.61,1,0.5,0.6,,,65.0,50.0,1073741824,1234,5000000,,accuracy");
  }

  /** Lets a run begin with a pruned network, of which kt prune has measured 1.25 ms. */
  private Path pruned(Path run, long parameters, String student) throws IOException {
    Path left = Files.createDirectories(folder.resolve("left-" + run.getFileName()));
    Files.writeString(
        left.resolve("pruning.json"),
        """
        {"from": "resnet-8 from whole", "seed": 1, "costBefore": {"parameters": 1234, "flops": 5},
         "costAfter": {"parameters": %s, "flops": 3000000},
         "after": {"heldOut": 0.5, "test": 0.5,
           "speed": {"milliseconds": 1.25, "picturesPerSecond": 900, "batch": 64}}, "layers": []}
        """
            .formatted(parameters));
    Path config = run.resolve("config.yaml");
    Files.writeString(
        config,
        Files.readString(config).replace("{network: resnet-8}", student)
            + "start: {weights: "
            + left.resolve("weights.npz")
            + "}\n");
    Path result = run.resolve("result.json");
    Files.writeString(
        result, Files.readString(result).replace("1234", "700").replace("5000000", "3000000"));
    return run;
  }

  @Test
  void what_pruned_students_cost_stands_beside_what_they_reach() throws IOException {
    Path whole = WrittenRuns.complete(folder.resolve("whole"), WrittenRuns.ALONE, 1, 0.6, 4);
    Path left = WrittenRuns.complete(folder.resolve("left"), WrittenRuns.KD, 1, 0.7, 4);
    pruned(left, 700, "{network: resnet-8}");

    ComparisonReport report = ComparisonReport.ofRuns(List.of(whole, left), null, false);
    report.write(folder);

    assertThat(report.tables().get(0).header())
        .containsSubsequence(
            "agreement %", "parameters", "multiplications", "ms for one picture", "time");
    assertThat(report.tables().get(0).rows())
        .extracting(row -> row.subList(6, 9))
        .containsExactly(
            List.of("1,234", "2,500,000", "-"),
            List.of("700", "1,500,000", "1.25"),
            List.of("-", "-", "-"));
    assertThat(report.warnings()).isEmpty();
    assertThat(folder.resolve("report.md"))
        .content()
        .contains("The time for one picture was measured by kt prune");
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .anySatisfy(line -> assertThat(line).endsWith(",700,3000000,1.25,accuracy"))
        .anySatisfy(line -> assertThat(line).endsWith(",1234,5000000,,accuracy"));
    RunReport.of(left).write(left);
    assertThat(left.resolve("report.md"))
        .content()
        .contains(
            "| time for one picture | 1.25 ms, as kt prune measured the network that it began with"
                + " |");
  }

  @Test
  void a_time_that_is_not_that_of_the_student_is_left_out() throws IOException {
    Path whole = WrittenRuns.complete(folder.resolve("whole"), WrittenRuns.ALONE, 1, 0.6, 4);
    // Pruned once more into the same folder; rounded.
    Path other = WrittenRuns.complete(folder.resolve("other"), WrittenRuns.KD, 1, 0.7, 4);
    pruned(other, 800, "{network: resnet-8}");
    Path rounded = WrittenRuns.complete(folder.resolve("rounded"), WrittenRuns.KD, 1, 0.7, 4);
    pruned(rounded, 700, "{network: resnet-8, quantization: {weights: 8, activations: 8}}");
    Path damaged = WrittenRuns.complete(folder.resolve("damaged"), WrittenRuns.KD, 1, 0.7, 4);
    pruned(damaged, 700, "{network: resnet-8}");
    Path facts = folder.resolve("left-damaged/pruning.json");
    Files.writeString(facts, "{\"costAfter\": 3}");

    ComparisonReport report =
        ComparisonReport.ofRuns(List.of(whole, other, rounded, damaged), null, false);

    assertThat(report.tables().get(0).header())
        .contains("parameters", "multiplications")
        .doesNotContain("ms for one picture");
    assertThat(report.warnings())
        .singleElement()
        .asString()
        .startsWith(facts + ": the facts of a pruned network cannot be read: ")
        .endsWith(
            ". Restore the file from a copy, or prune again with --overwrite; the report leaves it"
                + " out");
  }

  @Test
  void runs_on_different_data_are_compared_only_when_that_is_asked_for() throws IOException {
    List<Path> runs = new ArrayList<>(threeSeeds());
    Path other = WrittenRuns.complete(folder.resolve("other"), WrittenRuns.KD, 9, 0.7, 4);
    String yaml = Files.readString(other.resolve("config.yaml"));
    Files.writeString(other.resolve("config.yaml"), yaml.replace("4000", "500"));
    runs.add(other);

    assertThatThrownBy(() -> ComparisonReport.ofRuns(runs, null, false))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("other: is on other data ({name:shapes,train:500})")
        .hasMessageEndingWith("--different-data");
    assertThat(ComparisonReport.ofRuns(runs, null, true).runs()).isEqualTo(7);
  }

  @Test
  void what_cannot_be_compared_is_refused_with_the_way_out() throws IOException {
    List<Path> runs = threeSeeds();
    Path open = WrittenRuns.begun(folder.resolve("open"), WrittenRuns.KD, 1, 4, "shapes");
    Path copy = WrittenRuns.complete(folder.resolve("copy"), WrittenRuns.KD, 1, 0.7, 4);

    assertThatThrownBy(() -> ComparisonReport.ofRuns(List.of(runs.get(0), open), null, false))
        .hasMessageContaining("open: the run is not complete");
    assertThatThrownBy(() -> ComparisonReport.ofRuns(List.of(runs.get(1), copy), null, false))
        .hasMessageContaining("copy: is the same experiment as");
    assertThatThrownBy(
            () -> ComparisonReport.ofRuns(List.of(runs.get(1), runs.get(3)), null, false))
        .hasMessageContaining("--baseline RUN");
    assertThatThrownBy(() -> ComparisonReport.ofRuns(runs, folder.resolve("no"), false))
        .hasMessageContaining("is none of the runs given");
    assertThatThrownBy(() -> ComparisonReport.ofRuns(List.of(folder), null, false))
        .hasMessageContaining("holds no run (no config.yaml)");
  }

  @Test
  void another_baseline_may_be_named() throws IOException {
    List<Path> runs = threeSeeds();

    ComparisonReport report = ComparisonReport.ofRuns(runs, runs.get(1), false);

    assertThat(report.tables().get(0).rows().get(1).subList(0, 3))
        .containsExactly("student alone", "62.00 ± 2.00", "-5.33");
    assertThat(report.findings())
        .contains(
            "The 95 % interval of the gain lies below zero, so these methods hurt: student alone.");
  }

  private void suite(String kdFailure) throws IOException {
    Files.writeString(
        folder.resolve("suite.json"),
        """
        {"name": "group/suite", "source": "suite.yaml", "tables": [{"setting": "", "rows": [
          {"method": "student alone", "runs": [
            {"seed": 1, "folder": "alone-1", "failure": null},
            {"seed": 2, "folder": "alone-2", "failure": null}]},
          {"method": "KD", "runs": [
            {"seed": 1, "folder": "kd-1", "failure": null},
            {"seed": 2, "folder": "nowhere", "failure": %s}]}]}]}
        """
            .formatted(kdFailure));
  }

  @Test
  void a_suite_shows_what_is_there_and_says_what_is_not() throws IOException {
    threeSeeds();
    suite("\"the disk is full\"");

    ComparisonReport report = ComparisonReport.ofSuite(folder);

    assertThat(report.title()).isEqualTo("group/suite");
    assertThat(report.findings()).contains("KD: seed 2 failed: the disk is full.");
    assertThat(report.tables().get(0).rows().get(1).subList(0, 3))
        .containsExactly("KD", "65.00", "+5.00");
    suite("null");
    assertThat(ComparisonReport.ofSuite(folder).findings()).contains("KD: seed 2 has not begun.");
  }

  /** Of the terms' gradients (3, 4) and (0, 2), with the cosine 0.8, after the third epoch. */
  private static void withGradients(Path run) throws IOException {
    Path metrics = run.resolve("metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    String line = lines.get(2);
    lines.set(
        2,
        line.substring(0, line.length() - 1)
            + ",\"gradients\":{\"weights\":{\"cross-entropy\":1,\"kd\":16},\"norms\":"
            + "{\"cross-entropy\":5,\"kd\":2},\"cosines\":{\"cross-entropy\":{\"kd\":0.8}}}}");
    Files.write(metrics, lines);
  }

  @Test
  void the_gradients_of_terms_are_shown_where_they_were_looked_at() throws IOException {
    Path run = WrittenRuns.complete(folder.resolve("run"), WrittenRuns.KD, 1, 0.7, 4);
    withGradients(run);

    Path page = RunReport.of(run).write(folder);

    assertThat(Files.readString(folder.resolve("report.md")))
        .contains(
            "| epoch 3 | weight | length | share % | cosine with cross-entropy |",
            "| cross-entropy | 1.000 | 5.000 | 71.4 |  |", "| kd | 16.00 | 2.000 | 28.6 | 0.80 |");
    assertThat(Files.readString(page))
        .contains("The share of each term's gradient; at the end cross-entropy 71 %, kd 29 %");
  }

  @Test
  void weights_that_change_or_were_measured_are_shown_as_they_were_given_and_as_they_ended()
      throws IOException {
    Path run =
        WrittenRuns.complete(
            folder.resolve("run"),
            "[{term: cross-entropy}, {term: kd, weight: {share: 0.5}},"
                + " {term: nst, weight: {from: 0, to: 8, epochs: 20}}]",
            1,
            0.7,
            2);
    Path metrics = run.resolve("metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    String line = lines.get(1);
    lines.set(1, line.substring(0, line.length() - 1) + ",\"weights\":{\"kd\":12.34,\"nst\":0.8}}");
    Files.write(metrics, lines);

    RunReport report = RunReport.of(run);

    assertThat(report.warnings()).isEmpty();
    assertThat(report.table().rows())
        .contains(List.of("weights at the end", "kd 12.34, nst 0.8000"))
        .anySatisfy(
            row ->
                assertThat(row.get(1))
                    .startsWith(
                        "2 epochs: cross-entropy + share 0.5 × kd + 0 to 8 over 20 epochs × nst"));
  }

  @Test
  void a_suite_shows_the_gradients_of_each_method() throws IOException {
    threeSeeds();
    suite("null");
    withGradients(folder.resolve("kd-1"));

    String page = Files.readString(ComparisonReport.ofSuite(folder).write(folder));

    assertThat(page)
        .contains("Share of each term's gradient over the epochs")
        .contains("at the end cross-entropy 71 %, kd 29 %");
  }

  @Test
  void a_suite_of_which_nothing_is_done_has_a_page_all_the_same() throws IOException {
    suite("null");

    ComparisonReport report = ComparisonReport.ofSuite(folder);

    assertThat(report.isEmpty()).isTrue();
    assertThat(Files.readString(report.write(folder))).contains("no result");
  }

  @Test
  void damaged_files_are_named_and_the_rest_is_shown() throws IOException {
    threeSeeds();
    suite("null");
    Path metrics = folder.resolve("kd-1/metrics.jsonl");
    List<String> lines = new ArrayList<>(Files.readAllLines(metrics));
    lines.set(1, "{\"epoch\": oh");
    Files.write(metrics, lines);
    Files.writeString(folder.resolve("alone-1/predictions.csv"), "label,last,best\n0,x,1\n");
    Files.writeString(folder.resolve("kd-1/task.json"), "{");

    ComparisonReport report = ComparisonReport.ofSuite(folder);

    assertThat(report.warnings()).hasSize(3);
    assertThat(report.warnings().get(0))
        .contains("alone-1/predictions.csv: the predictions are damaged: line 2: last: 'x' is no");
    assertThat(report.warnings().get(1)).contains("task.json: the task cannot be read");
    assertThat(report.warnings().get(2)).contains("metrics.jsonl: line 2 is damaged");
    assertThat(Files.readString(report.write(folder)))
        .contains("line 2 is damaged")
        .contains("65.00");
  }

  @Test
  void answers_that_are_no_classes_of_the_result_are_left_out() throws IOException {
    Path run = WrittenRuns.complete(folder.resolve("run"), WrittenRuns.ALONE, 1, 0.7, 4);
    Files.writeString(run.resolve("predictions.csv"), "label,last,best\n0,2,1\n");

    RunReport report = RunReport.of(run);

    assertThat(report.warnings())
        .containsExactly(
            run.resolve("predictions.csv")
                + ": the predictions are damaged: line 2: last: '2' is no class; allowed: 0 to 1;"
                + " fix: restore the file from a copy, or train the run again; the report leaves it"
                + " out");
    assertThat(Files.readString(report.write(run)))
        .contains("Test accuracy of each class")
        .doesNotContain("Confusion matrix");
  }

  @Test
  void a_damaged_suite_file_is_told() throws IOException {
    Files.writeString(folder.resolve("suite.json"), "{");

    assertThatThrownBy(() -> ComparisonReport.ofSuite(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("suite.json: the file is damaged: ");
  }

  @Test
  void a_run_has_a_page_of_its_own_whether_complete_or_not() throws IOException {
    Path run = WrittenRuns.complete(folder.resolve("run"), WrittenRuns.KD, 1, 0.7, 4);
    Path open = WrittenRuns.begun(folder.resolve("open"), WrittenRuns.KD, 1, 3, "shapes");

    String page = Files.readString(RunReport.of(run).write(run));
    String unfinished = Files.readString(RunReport.of(open).write(open));

    // 300 of the 500 cats are called dogs.
    assertThat(page)
        .contains("70.00 %", "cross-entropy + 2 × kd (temperature 4.0)", "1,234")
        .contains("Confusion matrix of the test pictures", "Test accuracy of each class")
        .contains(
            "<tr><th scope=\"row\">cat</th><td class=\"up-2\">200</td><td class=\"down-3\">300</td></tr>")
        .doesNotContain("<script", "http:", "https:");
    assertThat(unfinished).contains("3 epochs are done").doesNotContain("Confusion matrix");
    assertThat(Files.readString(run.resolve("report.md")))
        .contains("| class | pictures | last epoch accuracy % |", "| cat | 500 | 40.0 |");
  }
}
