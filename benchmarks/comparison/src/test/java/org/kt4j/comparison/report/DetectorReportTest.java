package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;

class DetectorReportTest {

  @TempDir private Path folder;

  private List<Path> twoSeeds() throws IOException {
    String alone = WrittenRuns.ALONE;
    return List.of(
        WrittenRuns.detector(folder.resolve("alone-1"), alone, 1, 4, 0.50, 0.60),
        WrittenRuns.detector(folder.resolve("alone-2"), alone, 2, 4, 0.54, 0.64),
        WrittenRuns.detector(folder.resolve("kd-1"), WrittenRuns.KD, 1, 4, 0.60, 0.64),
        WrittenRuns.detector(folder.resolve("kd-2"), WrittenRuns.KD, 2, 4, 0.68, 0.68));
  }

  private String written(String file) throws IOException {
    ComparisonReport.ofRuns(twoSeeds(), null, false).write(folder);
    return Files.readString(folder.resolve(file));
  }

  @Test
  void a_table_of_detectors_speaks_of_map_and_not_of_agreement() throws IOException {
    ComparisonReport report = ComparisonReport.ofRuns(twoSeeds(), null, false);

    // By hand: alone 55, 59; kd 62, 68; gains 7, 9: mean 8, deviation sqrt(2), and half of the
    // interval is 12.706 x sqrt(2) / sqrt(2).
    assertThat(report.tables().get(0).header())
        .containsExactly(
            "method",
            "test mAP %, last epoch",
            "gain",
            "95 % interval",
            "test mAP %, best epoch",
            "time",
            "images/s",
            "memory");
    assertThat(report.tables().get(0).rows())
        .containsExactly(
            List.of(
                "student alone",
                "57.00 ± 2.83",
                "-",
                "-",
                "58.00 ± 2.83",
                "1:05",
                "1000",
                "1.0 GiB"),
            List.of(
                "kd",
                "65.00 ± 4.24",
                "+8.00",
                "-4.71 to +20.71",
                "66.00 ± 4.24",
                "1:05",
                "1000",
                "1.0 GiB"),
            List.of("teacher", "85.00", "-", "-", "85.00", "-", "-", "-"));
    // 8 of the 28 points from 57 to 85.
    assertThat(report.findings())
        .contains(
            "Of the methods, kd does best: its test mAP is 65.00 ± 4.24 %, a gain of +8.00"
                + " percentage points over the student alone (95 % interval -4.71 to +20.71), which is"
                + " 29 % of the way to the teacher.");
    assertThat(report.warnings()).isEmpty();
  }

  @Test
  void the_gain_of_each_class_is_in_average_precision() throws IOException {
    // By hand: cats 52 and 64, dogs 62 and 66.
    assertThat(written("report.md"))
        .contains("### Gain in AP of each class, in percentage points")
        .contains("| class | baseline AP % | kd | teacher AP % |")
        .contains("| cat | 52.0 | +12.0 | 90.0 |")
        .contains("| <dog> | 62.0 | +4.0 | 80.0 |");
  }

  @Test
  void the_figures_over_all_classes_are_means_over_the_seeds() throws IOException {
    // By hand: AP is half of mAP, 27.5 and 29.5, 31 and 34; the figure of 2007 is 2 points less.
    assertThat(written("report.md"))
        .contains("| method | mAP, VOC 2007 | AP | AP50 | AP small |")
        .contains("| student alone | 55.00 ± 2.83 | 28.50 ± 1.41 | 57.00 ± 2.83 | - |")
        .contains("| kd | 63.00 ± 4.24 | 32.50 ± 2.12 | 65.00 ± 4.24 | 10.00 ± 0.00 |")
        .contains("shows the mAP on the test pictures as mean ±", "classes of average precision")
        .contains("AP50 is at an IoU of 0.5.")
        .doesNotContainIgnoringCase("accuracy")
        .doesNotContain("Agreement");
  }

  @Test
  void precision_against_recall_has_a_panel_for_each_class_with_words_for_those_who_do_not_see()
      throws IOException {
    // By hand: lines through 1 and, at a recall of one half, through the average precision.
    assertThat(written("report.html"))
        .contains(
            "aria-label=\"Precision against recall of cat (objects: 1,000): student alone, AP"
                + " 52.0 %, precision 76.0 % at recall 25 %, 52.0 % at 50 %, 28.0 % at 75 %; kd, AP"
                + " 64.0 %, precision 82.0 % at recall 25 %, 64.0 % at"
                + " 50 %, 46.0 % at 75 %\"")
        .contains("<figcaption>&lt;dog&gt; (objects: 1,001)</figcaption>")
        .contains("<li class=\"alone\">student alone</li><li class=\"series-0\">kd</li>")
        .contains("Held-out mAP in percent over the epochs", "Test mAP in percent against the time")
        .doesNotContainIgnoringCase("accuracy")
        .doesNotContain("<dog>", "<script", "http:", "https:");
  }

  @Test
  void a_line_of_precision_is_the_mean_of_its_seeds_without_a_band() {
    Panel.Curve curve =
        Panel.Curve.ofMeans("kd", "series-0", List.of(Map.of(50, 40.0), Map.of(50, 62.0)));

    assertThat(curve.at(50)).isEqualTo(51);
    assertThat(curve.at(51)).isNaN();
    assertThat(Panel.ofPercents().draw(List.of(curve), "")).doesNotContain("<polygon");
  }

  @Test
  void a_run_without_a_teacher_is_alone_whatever_its_terms_are_called() throws IOException {
    String labels = "[{term: focal, weight: 1.0}, {term: box, weight: 1.0}]";
    Path alone = WrittenRuns.detector(folder.resolve("a"), labels, 1, 4, 0.5, 0.6);
    Path kd = WrittenRuns.detector(folder.resolve("b"), WrittenRuns.KD, 1, 4, 0.6, 0.6);

    ComparisonReport report = ComparisonReport.ofRuns(List.of(kd, alone), null, false);

    assertThat(report.title()).isEqualTo("student alone compared with 1 other method");
  }

  @Test
  void a_run_is_named_by_the_terms_that_its_task_does_not_call_label_terms() throws IOException {
    String both = "[{term: rpn-box, weight: 1.0}, {term: kd, weight: 1.0}, {term: nst}]";
    Path alone = WrittenRuns.detector(folder.resolve("a"), WrittenRuns.ALONE, 1, 4, 0.5, 0.6);
    Path taught = WrittenRuns.detector(folder.resolve("b"), both, 1, 4, 0.6, 0.6);

    ComparisonReport report = ComparisonReport.ofRuns(List.of(alone, taught), null, false);

    assertThat(report.tables().get(0).rows().get(1).get(0)).isEqualTo("kd + nst");
  }

  @Test
  void methods_beyond_six_have_thin_lines() throws IOException {
    List<Path> runs = new ArrayList<>();
    runs.add(WrittenRuns.detector(folder.resolve("0"), WrittenRuns.ALONE, 1, 4, 0.5));
    for (int m = 1; m <= 7; m++) {
      String objective = WrittenRuns.KD.replace("4.0", m + ".0");
      Path run = folder.resolve(Integer.toString(m));
      runs.add(WrittenRuns.detector(run, objective, 1, 4, 0.5));
    }

    ComparisonReport report = ComparisonReport.ofRuns(runs, null, false);

    assertThat(Files.readString(report.write(folder)))
        .contains("<li class=\"series-5\">", "<li class=\"series-0 thin\">")
        .contains("class=\"curve series-0 thin\"");
  }

  @Test
  void the_same_pictures_of_each_method_are_side_by_side() throws IOException {
    String page = written("report.html");

    assertThat(page)
        .containsSubsequence(
            "<h4>picture</h4>",
            "alt=\"picture with the answer of student alone\"",
            "<figcaption>student alone, seed 1</figcaption>",
            "alt=\"picture with the answer of kd\"",
            "<figcaption>kd, seed 1</figcaption>",
            "<h4>street</h4>")
        .contains("width=\"320\" height=\"240\"")
        .contains(base64("alone-1/examples/picture.png"), base64("kd-1/examples/street.png"));
  }

  private String base64(String file) throws IOException {
    return "src=\"data:image/png;base64,"
        + Base64.getEncoder().encodeToString(Files.readAllBytes(folder.resolve(file)));
  }

  @Test
  void a_picture_that_is_damaged_or_missing_is_named_and_passed_over() throws IOException {
    List<Path> runs = twoSeeds();
    Files.writeString(folder.resolve("kd-1/examples/picture.png"), "no picture");
    Files.delete(folder.resolve("kd-1/examples/street.png"));

    ComparisonReport report = ComparisonReport.ofRuns(runs, null, false);

    assertThat(report.warnings())
        .containsExactly(
            folder.resolve("kd-1/examples/picture.png")
                + ": the picture cannot be read (neither JPEG nor PNG); the report leaves it out",
            folder.resolve("kd-1/examples/street.png")
                + ": is not there; the report leaves it out");
    assertThat(Files.readString(report.write(folder)))
        .contains("with the answer of student alone", "neither JPEG nor PNG")
        .doesNotContain("with the answer of kd");
    assertThat(RunReport.of(folder.resolve("kd-1")).warnings()).hasSize(1);
  }

  @Test
  void a_picture_of_which_half_is_lost_is_passed_over() throws IOException {
    Path run = twoSeeds().get(3);
    Path picture = run.resolve("examples/picture.png");
    byte[] whole = Files.readAllBytes(picture);
    Files.write(picture, Arrays.copyOf(whole, whole.length / 2));

    RunReport report = RunReport.of(run);

    assertThat(report.warnings())
        .singleElement(STRING)
        .contains("picture.png: the picture cannot be read");
    assertThat(Files.readString(report.write(run)))
        .contains("street with the answer")
        .doesNotContain("picture with the answer");
  }

  @Test
  void methods_are_shown_before_the_student_alone_is_done() throws IOException {
    twoSeeds();
    Files.writeString(
        folder.resolve("suite.json"),
        """
        {"name": "group/suite", "source": "suite.yaml", "tables": [{"setting": "", "rows": [
          {"method": "student alone", "runs": [
            {"seed": 1, "folder": "nowhere", "failure": null}]},
          {"method": "KD", "runs": [
            {"seed": 1, "folder": "kd-1", "failure": null}]}]}]}
        """);

    assertThat(Files.readString(ComparisonReport.ofSuite(folder).write(folder)))
        .contains("of cat (objects: 1,000): KD, AP 60.0 %", "with the answer of KD")
        .doesNotContain("of each class, in percentage points");
  }

  @Test
  void detectors_of_other_classes_have_no_part_in_what_is_shown_by_class() throws IOException {
    List<Path> runs = new ArrayList<>(twoSeeds());
    Path other = WrittenRuns.detector(folder.resolve("other"), WrittenRuns.KD, 1, 4, 0.5, 0.6, 0.7);
    String yaml = Files.readString(other.resolve("config.yaml"));
    Files.writeString(other.resolve("config.yaml"), yaml.replace("4000", "500"));
    runs.add(other);

    ComparisonReport report = ComparisonReport.ofRuns(runs, null, true);

    assertThat(report.runs()).isEqualTo(5);
    report.write(folder);
    assertThat(Files.readString(folder.resolve("report.md")))
        .contains("| cat | 52.0 | +12.0 | 90.0 |")
        .doesNotContain("| bird |");
  }

  @Test
  void damaged_scores_are_named_and_the_rest_is_shown() throws IOException {
    List<Path> runs = twoSeeds();
    Path scores = folder.resolve("kd-2/scores.json");
    Files.writeString(scores, Files.readString(scores).replace("[1.0,", "["));
    Files.writeString(folder.resolve("alone-2/scores.json"), "{");

    ComparisonReport report = ComparisonReport.ofRuns(runs, null, false);

    assertThat(report.warnings())
        .satisfiesExactly(
            one -> assertThat(one).contains("alone-2/scores.json: the scores cannot be read"),
            two ->
                assertThat(two)
                    .contains(
                        "kd-2/scores.json: the scores are damaged: classes[0] (cat).precision")
                    .contains(": 100 numbers; allowed: 101, or none"));
    assertThat(Files.readString(report.write(folder)))
        .contains("65.00 ± 4.24")
        .doesNotContain("Precision against recall");
  }

  @Test
  void the_metric_is_there_for_other_programs() throws IOException {
    written("report.md");

    assertThat(Files.readAllLines(folder.resolve("results.csv")))
        .element(2)
        .asString()
        .startsWith(",kd,2,0.65")
        .endsWith(",1234.0,5000000.0,,mAP");
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .element(0)
        .asString()
        .endsWith(",parameters,flops-per-image,milliseconds-per-image,metric");
    assertThat(Files.readAllLines(folder.resolve("runs.csv")))
        .contains(
            ",kd,1,"
                + folder.resolve("kd-1")
                + ",0.62,0.63,1,0.5,0.6,0.85,,65.0,50.0,1073741824,1234,5000000,,mAP");
  }

  @Test
  void classifiers_and_detectors_are_never_compared() throws IOException {
    Path detector = twoSeeds().get(2);
    Path classifier =
        WrittenRuns.complete(folder.resolve("classifier"), WrittenRuns.ALONE, 1, 0.6, 4);
    Files.writeString(
        folder.resolve("suite.json"),
        """
        {"name": "group/suite", "source": "suite.yaml", "tables": [{"setting": "", "rows": [
          {"method": "student alone", "runs": [
            {"seed": 1, "folder": "classifier", "failure": null}]},
          {"method": "KD", "runs": [
            {"seed": 1, "folder": "kd-1", "failure": null}]}]}]}
        """);

    assertThatThrownBy(() -> ComparisonReport.ofRuns(List.of(classifier, detector), null, true))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("kd-1: is measured by mAP, but ")
        .hasMessageContaining("classifier by accuracy; allowed: runs of one metric");
    assertThatThrownBy(() -> ComparisonReport.ofSuite(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("kd-1: is measured by mAP");
  }

  @Test
  void a_run_has_a_page_of_its_own_with_a_line_for_each_class() throws IOException {
    Path run = twoSeeds().get(3);

    RunReport report = RunReport.of(run);

    assertThat(report.table().rows())
        .contains(List.of("test mAP, last epoch", "68.00 %"))
        .contains(List.of("test mAP of the teacher", "85.00 %"));
    // By hand: (1 + 0.68) / 2, and 1 - 1.5 x 0.32.
    assertThat(Files.readString(report.write(run)))
        .contains(
            "Precision against recall: cat, AP 68.0 %, precision 84.0 % at recall 25 %, 68.0 % at"
                + " 50 %, 52.0 % at 75 %; &lt;dog&gt;, AP")
        .contains("<li class=\"series-0\">cat</li><li class=\"series-1\">&lt;dog&gt;</li>")
        .contains("alt=\"street with the answer of the student\"")
        .contains("mAP over the epochs", "mean over the classes of average precision")
        .doesNotContainIgnoringCase("accuracy")
        .doesNotContain("Confusion matrix", "<dog>");
    assertThat(Files.readString(run.resolve("report.md")))
        .contains("| class | objects | last epoch AP % | best epoch AP % | teacher AP % |")
        .contains("| cat | 1,000 | 68.0 | 69.0 | 90.0 |")
        .contains("| AP | 34.00 |");
  }

  @Test
  void a_run_with_many_classes_has_a_panel_for_each() throws IOException {
    Path run =
        WrittenRuns.detector(
            folder.resolve("run"), WrittenRuns.KD, 1, 4, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);

    // By hand: 1 - 0.25 / 0.4, and nothing beyond a recall of 0.4.
    assertThat(Files.readString(RunReport.of(run).write(run)))
        .contains("<figcaption>boat (objects: 1,006)</figcaption>")
        .contains(
            "of cat (objects: 1,000): cat, AP 20.0 %, precision 37.5 % at recall 25 %, 0.0 % at 50 %, 0.0 % at 75 %\"");
  }

  @Test
  void a_run_under_way_speaks_of_map_too() throws IOException {
    Path run = WrittenRuns.detectorBegun(folder.resolve("run"), WrittenRuns.KD, 1, 3);

    RunReport report = RunReport.of(run);

    assertThat(report.table().rows())
        .anySatisfy(
            row ->
                assertThat(row.get(1)).startsWith("3 epochs are done; the last held-out mAP is "));
    assertThat(Files.readString(report.write(run)))
        .contains("mAP in percent")
        .doesNotContainIgnoringCase("accuracy");
  }
}
