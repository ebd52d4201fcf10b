package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that need themselves are refused before anything is trained. */
@Timeout(60)
class ConfigurationCyclesTest {

  private static final String STUDENT =
      """
      data: {name: shapes, train: 96, test: 32, held-out: 32, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: only, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private Path folder;

  private Path written(String name, String more) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, STUDENT + more);
  }

  private void refused(Path file, String... message) {
    CommandRun run = kt("train", file, "--runs", folder.resolve("runs"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("kt: a c")
        .contains("each of which needs the next to be trained first: ")
        .contains(message)
        .contains("; fix: ")
        .doesNotContain("\tat ");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"teacher", "start", "baseline"})
  void a_configuration_that_names_itself(String key) throws IOException {
    Path self = written("self.yaml", key + ": {config: self.yaml}\n");

    refused(self, self + " (" + key + ".config) -> " + self + ";");
  }

  @Test
  void two_that_name_each_other_by_different_keys() throws IOException {
    Path a = written("a.yaml", "teachers: [{name: t, config: b.yaml}]\n");
    Path b = written("b.yaml", "start: {config: a.yaml}\n");

    refused(a, b + " (start.config) -> " + a + " (teachers[0].config) -> " + b + ";");
    refused(b, a + " (teachers[0].config) -> " + b + " (start.config) -> " + a + ";");
  }

  @Test
  void a_cycle_that_begins_behind_the_first_configuration() throws IOException {
    Path first = written("first.yaml", "teacher: {config: a.yaml}\n");
    Path a = written("a.yaml", "teacher: {config: b.yaml}\n");
    Path b = written("b.yaml", "teacher: {config: a.yaml}\n");

    refused(first, a + " (teacher.config) -> " + b + " (teacher.config) -> " + a + ";");
  }

  @Test
  void a_cycle_through_a_link_and_through_folders() throws IOException {
    Path self = written("in/self.yaml", "teacher: {config: ../out/link.yaml}\n");
    Files.createDirectories(folder.resolve("out"));
    Path link = Files.createSymbolicLink(folder.resolve("out/link.yaml"), self);
    Files.createDirectories(folder.resolve("in"));
    Path named = written("in/named.yaml", "teacher: {config: ../in/./named.yaml}\n");

    // Beside a link is where the link stands; there is no ../out beside it but itself.
    refused(self, link + " (teacher.config) -> " + link);
    refused(named, named + " (teacher.config) -> " + named);
  }

  @ParameterizedTest
  @ValueSource(strings = {"teacher", "start", "baseline"})
  void a_configuration_that_is_not_there(String key) throws IOException {
    Path first = written("first.yaml", key + ": {config: second.yaml}\n");
    Path none = folder.resolve("none.yaml");

    CommandRun second = kt("train", first, "--runs", folder.resolve("runs"));
    Path named = written("second.yaml", "start: {config: none.yaml}\n");
    CommandRun third = kt("train", first, "--runs", folder.resolve("runs"));

    assertThat(second.exitCode()).isEqualTo(2);
    assertThat(second.err())
        .isEqualTo(
            "kt: "
                + key
                + ".config: there is no file "
                + named
                + "; expected a configuration, found beside the one that names it\n");
    assertThat(third.exitCode()).isEqualTo(2);
    assertThat(third.err())
        .startsWith("kt: " + named + ": start.config: there is no file " + none + "; expected");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"start: {weights: none.npz}", "teacher: {network: resnet-8, weights: none.npz}"})
  void weights_that_are_not_there_are_missed_before_anything_is_trained(String more)
      throws IOException {
    Path file = written("first.yaml", more + "\n");

    CommandRun run = kt("train", file, "--runs", folder.resolve("runs"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            ".weights: there is no file none.npz; expected a file of weights (.npz, .safetensors, .pt), found from the"
                + " working folder "
                + Path.of("").toAbsolutePath()
                + ", not from the configuration's");
    assertThat(folder.resolve("runs")).doesNotExist();
  }

  @Test
  void a_chain_has_an_end() throws IOException {
    for (int i = 0; i < 40; i++) {
      written(i + ".yaml", "teacher: {config: " + (i + 1) + ".yaml}\n");
    }
    written("40.yaml", "");

    refused(
        folder.resolve("0.yaml"),
        "a chain of more than 16 configurations",
        "2.yaml (teacher.config)");
  }

  @Test
  void one_that_is_needed_twice_is_no_cycle() throws IOException {
    written("teacher.yaml", "");
    Path twice =
        written("twice.yaml", "start: {config: teacher.yaml}\nbaseline: {config: teacher.yaml}\n");

    CommandRun run = kt("train", twice, "--runs", folder.resolve("runs"));

    assertThat(run.exitCode()).as(run.err()).isZero();
  }
}
