package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.comparison.suite.PublishedScores;

class PublishedOrderTest {

  @TempDir private Path folder;

  /** A suite with a row for each score, in the order of their names. */
  private Path suite(String published, Map<String, Double> scores) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (Map.Entry<String, Double> score : scores.entrySet()) {
      String run = score.getKey().replace(' ', '-');
      WrittenRuns.complete(
          folder.resolve(run),
          score.getKey().equals("student alone") ? WrittenRuns.ALONE : WrittenRuns.KD,
          1,
          score.getValue(),
          2);
      rows.append(rows.isEmpty() ? "" : ",")
          .append("{\"method\": \"%s\", \"runs\": ".formatted(score.getKey()))
          .append("[{\"seed\": 1, \"folder\": \"%s\", \"failure\": null}]}".formatted(run));
    }
    Files.writeString(
        folder.resolve("suite.json"),
        "{\"name\": \"a suite\", \"source\": \"suite.yaml\", \"tables\":"
            + " [{\"setting\": \"\", \"rows\": ["
            + rows
            + "]}]"
            + published
            + "}");
    return folder;
  }

  private static Map<String, Double> scores(Object... namesAndScores) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int i = 0; i < namesAndScores.length; i += 2) {
      scores.put((String) namesAndScores[i], (Double) namesAndScores[i + 1]);
    }
    return scores;
  }

  private PublishedOrder order(Map<String, Double> here, Map<String, Double> published)
      throws IOException {
    MethodTable table = ComparisonReport.ofSuite(suite("", here)).methodTables().get(0);
    return PublishedOrder.of(table, new PublishedScores("a paper", published)).orElseThrow();
  }

  @Test
  void the_correlation_is_that_of_the_places() throws IOException {
    PublishedOrder order =
        order(
            scores("student alone", .5, "a", .60, "b", .63, "c", .62, "d", .70, "e", .61),
            scores("a", 1.0, "b", 2.0, "c", 3.0, "d", 4.0));

    // By hand: places 4 3 2 1 and 4 2 3 1, differences 0 1 -1 0: 1 - 6 x 2 / (4 x 15) = 0.8.
    assertThat(order.correlation()).hasValueCloseTo(0.8, within(1e-12));
    assertThat(order.table().rows())
        .containsExactly(
            List.of("d", "4.00", "1", "70.00", "1"),
            List.of("c", "3.00", "2", "62.00", "3"),
            List.of("b", "2.00", "3", "63.00", "2"),
            List.of("a", "1.00", "4", "60.00", "4"));
  }

  @Test
  void methods_of_one_score_share_their_places() throws IOException {
    PublishedOrder order =
        order(
            scores("student alone", .5, "a", .60, "b", .60, "c", .65),
            scores("a", 1.0, "b", 2.0, "c", 3.0));

    // By hand: places 3 2 1 and 2.5 2.5 1: sum of products 1.5, of squares 2 and 1.5.
    assertThat(order.correlation()).hasValueCloseTo(1.5 / Math.sqrt(3), within(1e-12));
    assertThat(order.table().rows().get(1)).containsExactly("b", "2.00", "2", "60.00", "2.5");
  }

  @Test
  void where_all_are_equal_there_is_no_order() throws IOException {
    PublishedOrder order =
        order(
            scores("student alone", .5, "a", .6, "b", .6, "c", .6),
            scores("a", 1.0, "b", 2.0, "c", 3.0));

    assertThat(order.correlation()).isEmpty();
    assertThat(order.sentence())
        .isEqualTo(
            "No order can be compared with that of a paper: all scores of one side are equal.");
  }

  @Test
  void fewer_than_three_complete_methods_have_no_order() throws IOException {
    MethodTable table =
        ComparisonReport.ofSuite(suite("", scores("student alone", .5, "a", .6, "b", .7)))
            .methodTables()
            .get(0);

    assertThat(
            PublishedOrder.of(
                table, new PublishedScores("a paper", scores("a", 1.0, "b", 2.0, "c", 3.0))))
        .isEmpty();
  }

  @Test
  void the_report_of_a_suite_tells_it_in_every_form() throws IOException {
    Path suite =
        suite(
            ", \"published\": {\"source\": \"a <paper>\", \"scores\": {\"a\": 1, \"b\": 2,"
                + " \"c\": 3}}",
            scores("student alone", .5, "a", .65, "b", .63, "c", .61));
    String sentence = "The rank correlation (Spearman) with a <paper> is -1.00 over 3 methods";

    ComparisonReport report = ComparisonReport.ofSuite(suite);
    report.write(folder);

    assertThat(report.findings()).anyMatch(finding -> finding.startsWith(sentence));
    assertThat(Files.readString(folder.resolve("report.md")))
        .contains("### Order of the methods", sentence, "| c | 3.00 | 1 | 61.00 | 3 |");
    assertThat(Files.readString(folder.resolve("report.html")))
        .contains("Order of the methods", sentence.replace("<paper>", "&lt;paper&gt;"));
  }
}
