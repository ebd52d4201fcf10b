package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written does not depend on the language of the user. */
class LocaleTest {

  private static final String TINY =
      """
      data: {name: shapes, train: 52, held-out: 20, test: 20, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  private final Locale before = Locale.getDefault();
  private final Locale formatBefore = Locale.getDefault(Locale.Category.FORMAT);

  @TempDir private Path folder;

  @AfterEach
  void the_locale_of_the_other_tests() {
    Locale.setDefault(before);
    Locale.setDefault(Locale.Category.FORMAT, formatBefore);
  }

  /**
   * Arabic, Persian and Thai have digits of their own, Turkish an i, and Thai and Japanese years.
   */
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "tr-TR", "th-TH-u-ca-buddhist-nu-thai"})
  void a_run_and_its_export_are_written_alike_in_all_languages(String language) throws Exception {
    Path config = Files.writeString(folder.resolve("tiny.yaml"), TINY);
    Path run = folder.resolve("run");
    Locale.setDefault(Locale.forLanguageTag(language));

    CommandRun trained = kt("train", config, "--out", run);
    CommandRun exported = kt("export", run);
    CommandRun reported = kt("report", run);

    assertThat(List.of(trained, exported, reported))
        .allSatisfy(
            each -> {
              assertThat(each.exitCode()).as(each.err()).isZero();
              assertThat(each.out()).matches(LocaleTest::hasPlainDigits);
            });
    assertThat(texts(run)).hasSizeGreaterThan(5).allMatch(LocaleTest::hasPlainDigits);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "tr-TR", "hi-IN-u-nu-deva", "ja-JP-u-ca-japanese"})
  void lists_are_printed_alike_in_all_languages(String language) {
    List<List<Object>> commands =
        List.of(
            List.of("methods", "nst"),
            List.of("networks", "imagenet-resnet-50"),
            List.of("data"),
            List.of(
                "data",
                "inspect",
                "shapes",
                "--set",
                "train=52",
                "--set",
                "held-out=20",
                "--set",
                "size=16"));
    Locale.setDefault(Locale.ENGLISH);
    List<CommandRun> english = commands.stream().map(each -> kt(each.toArray())).toList();

    Locale.setDefault(Locale.forLanguageTag(language));
    List<CommandRun> other = commands.stream().map(each -> kt(each.toArray())).toList();

    assertThat(english).allMatch(each -> each.exitCode() == 0);
    assertThat(other).isEqualTo(english);
  }

  private static List<String> texts(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(each -> each.toString().matches(".*[.](yaml|json|jsonl|md|html|txt|csv)"))
          .map(LocaleTest::text)
          .toList();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(file.toString(), e);
    }
  }

  private static boolean hasPlainDigits(String text) {
    return text.chars().noneMatch(each -> Character.isDigit(each) && each > '9');
  }
}
