package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is told of every kind of bad input, word by word: the file, the place, the value, what is
 * allowed and how to mend it. {@code HERE} stands for the folder of the input.
 */
class MessagesTest {

  private static final String CONFIGURATION =
      """
      data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  /** Makes an input in a folder. */
  @FunctionalInterface
  private interface Input {
    void make(Path folder) throws IOException;
  }

  /**
   * A row.
   *
   * @param kind what is wrong, in words
   * @param command with spaces between the arguments
   * @param message all of it, without {@code kt: } and the last line end
   */
  private record Bad(String kind, Input input, String command, int code, String message) {
    @Override
    public String toString() {
      return kind;
    }
  }

  private static Bad bad(String kind, Input input, String command, String message) {
    return new Bad(kind, input, command, 2, message);
  }

  @BeforeAll
  static void train() throws IOException {
    Path config = Files.writeString(shared.resolve("config.yaml"), CONFIGURATION);
    Path run = shared.resolve("run");
    assertThat(kt("train", config, "--out", run).exitCode()).isZero();
    assertThat(kt("export", run, shared.resolve("export")).exitCode()).isZero();
  }

  private void check(Bad bad) throws IOException {
    bad.input.make(folder);

    CommandRun run =
        kt((Object[]) bad.command.replace("HERE", folder.toString()).split(" "));

    assertThat(run.err().replace(folder.toString(), "HERE")).isEqualTo("kt: " + bad.message + "\n");
    assertThat(run.exitCode()).isEqualTo(bad.code);
  }

  private static Input file(String name, String text) {
    return folder -> {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    };
  }

  private static Bad configuration(String kind, String text, String message) {
    return bad(kind, file("c.yaml", text), "train HERE/c.yaml --out HERE/run", message);
  }

  private static String with(String part, String instead) {
    assertThat(CONFIGURATION).contains(part);
    return CONFIGURATION.replace(part, instead);
  }

  static Stream<Bad> configurations() {
    return Stream.of(
        configuration("an unknown key", CONFIGURATION + "colour: red\n", "?"),
        configuration("a key that is misspelt", with("batch-size", "batchsize"), "?"),
        configuration("a key twice", CONFIGURATION + "batch-size: 32\n", "?"),
        configuration("a text for a number", with("epochs: 1", "epochs: many"), "?"),
        configuration("a number with a point for a whole one", with("epochs: 1", "epochs: 1.5"), "?"),
        configuration("a number for a list", with("[{name: p, epochs: 1, objective: [{term: cross-entropy}]}]", "3"), "?"),
        configuration("nothing for a value", with("epochs: 1", "epochs: "), "?"),
        configuration("no number", CONFIGURATION + "optimizer: {learning-rate: .nan}\n", "?"),
        configuration("infinity", CONFIGURATION + "optimizer: {learning-rate: .inf}\n", "?"),
        configuration("a number below its range", with("epochs: 1", "epochs: -1"), "?"),
        configuration("a number that no whole number can hold", with("width: 4", "width: 99999999999999999999"), "?"),
        configuration("a missing key", with("student: {network: resnet-8, width: 4}\n", ""), "?"),
        configuration("an unknown network", with("resnet-8", "resnet8"), "?"),
        configuration("an unknown term", with("term: cross-entropy", "term: cross_entropy"), "?"),
        configuration("an unknown data set", with("name: shapes", "name: shape"), "?"),
        configuration("two mistakes", with("epochs: 1", "epochs: 0") + "colour: red\n", "?"),
        configuration("an empty file", "", "?"),
        configuration("a list in the place of the whole", "- a\n- b\n", "?"),
        configuration("a bracket that is not closed", with("width: 4}", "width: 4"), "?"),
        configuration("a tab", with("student: {", "student:\n\t{"), "?"),
        configuration("a NUL", with("name: p", "name: \"p\0\""), "?"),
        configuration("a reference to itself", CONFIGURATION + "taught: &a [*a]\n", "?"),
        configuration("a thousand brackets", CONFIGURATION + "x: " + "[".repeat(1000) + "\n", "?"),
        configuration("a teacher that is not there", CONFIGURATION + "teacher: {run: HERE/no}\n", "?"),
        bad("no such file", folder -> {}, "train HERE/c.yaml", "?"),
        bad("a folder for a file", folder -> Files.createDirectory(folder.resolve("c.yaml")), "train HERE/c.yaml", "?"),
        bad(
            "a link to itself",
            folder -> Files.createSymbolicLink(folder.resolve("c.yaml"), Path.of("c.yaml")),
            "train HERE/c.yaml",
            "?"),
        bad(
            "no text",
            folder -> Files.write(folder.resolve("c.yaml"), new byte[] {(byte) 0x89, 'P', 'N', 'G'}),
            "train HERE/c.yaml",
            "?"));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void of_a_configuration(Bad bad) throws IOException {
    check(bad);
  }
}
