package org.kt4j.comparison.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.config.ConfigurationException;
import org.kt4j.engine.json.Json;

/** Reports of runs whose files were changed, cut or lost: the page is there and names the file. */
class DamagedRunsTest {

  @TempDir private Path folder;

  private Path alone;
  private Path kd;

  @BeforeEach
  void write() throws IOException {
    alone = WrittenRuns.complete(folder.resolve("alone"), WrittenRuns.ALONE, 1, 0.6, 3);
    kd = WrittenRuns.complete(folder.resolve("kd"), WrittenRuns.KD, 1, 0.7, 3);
  }

  private void replace(String file, String what, String by) throws IOException {
    Path path = kd.resolve(file);
    String text = Files.readString(path);
    assertThat(text).contains(what);
    Files.writeString(path, text.replaceFirst(Pattern.quote(what), by));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                  | the file is empty
          'label,last,best,teacher\\n0,0,0,0' | its last line does not end, so it was cut
          'label,last,best,teacher\\n'        | it holds no picture
          'label,last\\n0,0\\n'               | line 1: 'label,last'; allowed: 'label,last,best' or
          'label,last,best,teacher\\n0,0,0\\n'| line 2: 3 columns; allowed: 4, label,last,best,teacher
          'label,last,best\\n0,0,0,0\\n'      | line 2: 4 columns; allowed: 3, label,last,best
          'label,last,best\\n0,0,0\\n\\n'     | line 3: 1 columns; allowed: 3
          'label,last,best\\n77,0,0\\n'       | line 2: label: '77' is no class; allowed: 0 to 1
          'label,last,best\\n0,0,2\\n'        | line 2: best: '2' is no class; allowed: 0 to 1
          'label,last,best\\n0,-1,0\\n'       | line 2: last: '-1' is no class; allowed: 0 to 1
          'label,last,best\\n0,99999999999,0\\n' | last: '99999999999' is no class
          'label,last,best\\n0,1.0,0\\n'      | line 2: last: '1.0' is no class; allowed: 0 to 1
          """)
  void predictions_that_are_no_answers_are_named_with_the_line_and_left_out(String text, String why)
      throws IOException {
    Files.writeString(kd.resolve("predictions.csv"), text.replace("\\n", "\n"));

    RunReport report = RunReport.of(kd);

    assertThat(report.warnings())
        .singleElement()
        .asString()
        .startsWith(kd.resolve("predictions.csv") + ": the predictions are damaged: ")
        .contains(why)
        .endsWith(
            "; fix: restore the file from a copy, or train the run again; the report leaves it out");
    assertThat(Files.readString(report.write(kd)))
        .contains("Test accuracy of each class", "predictions are damaged")
        .doesNotContain("Confusion matrix");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "overall": {}, | ''            | overall: is missing
          "overall": {}  | "overall": {"AP": 1.5}  | overall.AP: 1.5; allowed: a number from 0 to 1
          "name": "cat"  | "name": "cow" | its classes are 2 (cow, <dog>); allowed: those of the result
          "count": 500   | "count": -1   | classes[0] (cat).count: -1; allowed: 0 or more
          "best": 1,     | "best": 100,  | classes[1] (<dog>).best: 100.0; allowed: a number from 0 to 1
          "precision": []| "precision": [1, 0.5] | classes[0] (cat).precision: 2 numbers; allowed: 101
          """)
  void scores_that_are_no_shares_of_these_classes_are_named_and_left_out(
      String what, String by, String why) throws IOException {
    replace("scores.json", what, by);

    RunReport report = RunReport.of(kd);

    assertThat(report.warnings())
        .singleElement()
        .asString()
        .startsWith(kd.resolve("scores.json") + ": the scores ")
        .contains(why);
    // What older versions left to the answers is found from them again: 200 of the 500 cats.
    assertThat(Files.readString(report.write(kd))).contains("Confusion matrix", ">40.0<");
  }

  @Test
  void predictions_of_other_pictures_than_the_scores_are_not_shown() throws IOException {
    Path predictions = kd.resolve("predictions.csv");
    List<String> lines = Files.readAllLines(predictions);
    Files.writeString(predictions, String.join("\n", lines.subList(0, 900)) + "\n");

    RunReport report = RunReport.of(kd);

    assertThat(report.warnings())
        .containsExactly(
            kd
                + ": its predictions hold 399 pictures of class '<dog>', but its scores are of 500,"
                + " so one of the files is not of this run; the report leaves the predictions out");
    assertThat(Files.readString(report.write(kd))).doesNotContain("Confusion matrix");
  }

  @Test
  void runs_on_other_test_pictures_are_told_apart_although_their_data_is_called_the_same()
      throws IOException {
    Files.delete(kd.resolve("scores.json"));
    Path predictions = kd.resolve("predictions.csv");
    List<String> lines = Files.readAllLines(predictions);
    Files.writeString(predictions, String.join("\n", lines.subList(0, 900)) + "\n");

    ComparisonReport report = ComparisonReport.ofRuns(List.of(alone, kd), null, false);

    assertThat(report.warnings())
        .singleElement()
        .asString()
        .startsWith(kd + ": its predictions are on 899 test pictures, and on 1000 in " + alone)
        .contains("their scores cannot be compared", "fix: ");
  }

  @Test
  void a_lost_configuration_is_told_and_is_no_run_that_has_not_begun() throws IOException {
    Files.delete(kd.resolve("config.yaml"));

    assertThatThrownBy(() -> RunReport.of(kd))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            kd.resolve("config.yaml")
                + ": is missing, so nothing says what this run was trained by; fix: restore the file"
                + " from a copy, or train the run again");
    ComparisonReport suite = suite();
    assertThat(suite.warnings()).singleElement().asString().contains("config.yaml: is missing");
    assertThat(suite.findings()).anyMatch(line -> line.contains("KD: seed 1 cannot be read"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'seed: 1'           | ''          | has no seed, as every run's configuration has
          'seed: 1'           | 'seed: one' | has no seed, as every run's configuration has
          'student: {network: resnet-8}' | ''  | has no student.network
          'name: shapes, '    | ''          | has no data.name
          'term: kd'          | 'trm: kd'   | has no phases, each with epochs and an objective
          'seed: 1'           | 'seed: [1'  | config.yaml: line
          """)
  void a_configuration_that_lost_a_part_is_named(String what, String by, String why)
      throws IOException {
    replace("config.yaml", what, by);

    assertThatThrownBy(() -> RunReport.of(kd))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(kd.resolve("config.yaml").toString())
        .hasMessageContaining(why);
    // One run of a suite keeps nobody from the others.
    assertThat(suite().warnings()).singleElement().asString().contains(why);
  }

  @Test
  void a_run_of_another_seed_than_the_suites_is_no_run_of_the_suite() throws IOException {
    replace("config.yaml", "seed: 1", "seed: 2");

    ComparisonReport suite = suite();

    assertThat(suite.warnings())
        .containsExactly(
            kd.resolve("config.yaml")
                + ": seed: 2, but the suite has the seed 1 there; the report leaves it out");
    assertThat(suite.runs()).isEqualTo(1);
  }

  /** Whose absence says something: that there is no teacher, or that a version did not know it. */
  private static final Set<String> MAY_BE_MISSING =
      Set.of(
          "teacher-test",
          "agreement-last",
          "peak-memory",
          "metric",
          "agreement",
          "train-score",
          "held-out",
          "score",
          "counted",
          "explanation",
          "teacher",
          "precision");

  @ParameterizedTest
  @ValueSource(strings = {"result.json", "task.json", "scores.json", "environment.json"})
  void whatever_a_file_lost_the_report_is_there_and_names_the_file(String name) throws IOException {
    Path file = kd.resolve(name);
    String whole = Files.readString(file);
    JsonNode tree = Json.tree(whole);
    List<String> texts =
        new ArrayList<>(List.of("", "{", "{}", "[]", "null", "7", "\0", whole + "}"));
    texts.add(whole.substring(0, whole.length() / 2));
    List<JsonPointer> places = new ArrayList<>();
    collect(tree, JsonPointer.empty(), places);
    for (JsonPointer place : places) {
      for (JsonNode other : List.of(NullNode.instance, TextNode.valueOf("x"))) {
        JsonNode changed = tree.deepCopy();
        set(changed, place, other);
        texts.add(changed.toString());
      }
      JsonNode shortened = tree.deepCopy();
      if (shortened.at(place.head()) instanceof ObjectNode object) {
        object.remove(place.last().getMatchingProperty());
        texts.add(shortened.toString());
      }
    }
    assertThat(texts).hasSizeGreaterThan(20);
    for (String text : texts) {
      Files.writeString(file, text);

      RunReport report = RunReport.of(kd);
      String page = Files.readString(report.write(folder.resolve("page")));

      if (report.warnings().isEmpty()) {
        assertThat(harmless(tree, text, places)).as(text).isTrue();
      } else {
        assertThat(report.warnings().get(0)).as(text).startsWith(kd.toString());
        assertThat(report.warnings().get(0)).as(text).doesNotContain("org.kt4j");
        assertThat(page).contains("Damaged or missing files");
      }
    }
    // The last of them, in a suite.
    assertThat(suite().runs()).isBetween(1, 2);
  }

  /** Whether the only difference is in what may be missing, or in a text. */
  private static boolean harmless(JsonNode tree, String text, List<JsonPointer> places)
      throws IOException {
    JsonNode changed = Json.tree(text);
    return places.stream()
        .filter(place -> !changed.at(place).equals(tree.at(place)))
        .filter(place -> !changed.at(place).isTextual() || !tree.at(place).isTextual())
        .filter(place -> places.stream().noneMatch(inner -> place.equals(inner.head())))
        .allMatch(place -> MAY_BE_MISSING.stream().anyMatch(place.toString()::contains));
  }

  private static void collect(JsonNode node, JsonPointer at, List<JsonPointer> places) {
    if (node.isObject()) {
      node.properties()
          .forEach(
              property -> {
                JsonPointer place = at.appendProperty(property.getKey());
                places.add(place);
                collect(property.getValue(), place, places);
              });
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        JsonPointer place = at.appendIndex(i);
        places.add(place);
        collect(node.get(i), place, places);
      }
    }
  }

  private static void set(JsonNode tree, JsonPointer place, JsonNode value) {
    JsonNode above = tree.at(place.head());
    if (above instanceof ObjectNode object) {
      object.set(place.last().getMatchingProperty(), value);
    } else if (above instanceof ArrayNode array) {
      array.set(place.last().getMatchingIndex(), value);
    }
  }

  @Test
  void lines_of_metrics_that_are_none_are_named_and_left_out() throws IOException {
    Path file = kd.resolve("metrics.jsonl");
    List<String> lines = Files.readAllLines(file);
    for (String line : List.of("", "{}", "null", "[]", "7", lines.get(1).replace("0.1", "null"))) {
      Files.write(file, List.of(lines.get(0), line, lines.get(2)));

      RunReport report = RunReport.of(kd);
      report.write(folder.resolve("page"));

      assertThat(report.warnings())
          .as(line)
          .isNotEmpty()
          .allMatch(warning -> warning.startsWith(file.toString()));
      assertThat(suite().runs()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "result.json",
        "task.json",
        "scores.json",
        "environment.json",
        "metrics.jsonl",
        "predictions.csv",
        "config.yaml"
      })
  void a_folder_in_the_place_of_a_file_is_named(String name) throws IOException {
    Files.delete(kd.resolve(name));
    Files.createDirectory(kd.resolve(name));

    assertThat(suite().warnings())
        .isNotEmpty()
        .allMatch(warning -> warning.startsWith(kd.resolve(name).toString()));
  }

  private ComparisonReport suite() throws IOException {
    suiteFile(
        """
        {"name": "s", "source": "s.yaml", "tables": [{"setting": "", "rows": [
          {"method": "student alone", "runs": [{"seed": 1, "folder": "alone", "failure": null}]},
          {"method": "KD", "runs": [{"seed": 1, "folder": "kd", "failure": null}]}]}]}
        """);
    return ComparisonReport.ofSuite(folder);
  }

  private void suiteFile(String text) throws IOException {
    Files.writeString(folder.resolve("suite.json"), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": null}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": []}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [null]}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [{\"setting\": \"\"}]}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [{\"setting\": \"\", \"rows\": []}]}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [{\"setting\": \"\", \"rows\": [null]}]}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [{\"setting\": \"\", \"rows\":"
            + " [{\"method\": \"m\", \"runs\": [{\"seed\": 1}]}]}]}",
        "{\"name\": \"s\", \"source\": \"s.yaml\", \"tables\": [{\"setting\": \"\", \"rows\":"
            + " [{\"method\": \"m\", \"runs\": []}, {\"method\": \"m\", \"runs\": []}]}]}",
      })
  void a_suites_file_that_lacks_a_part_is_named_with_the_command_that_makes_it(String text)
      throws IOException {
    suiteFile(text);

    assertThatThrownBy(() -> ComparisonReport.ofSuite(folder))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith(folder.resolve("suite.json") + ": the file is damaged: ")
        .hasMessageEndingWith("; fix: run kt compare again, which makes it anew");
  }
}
