package org.kt4j.engine.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {

  @TempDir Path folder;

  private record Point(int x, int y) {}

  private enum Colour {
    RED,
    GREEN
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Everything(
      String text,
      boolean flag,
      long whole,
      double number,
      Colour colour,
      List<Double> numbers,
      List<Point> points,
      Map<String, List<Point>> byName,
      long[] shape) {}

  /** One of each kind; a test replaces one of its lines. */
  private static final List<String> LINES =
      List.of(
          "{ \"text\": \"a\",",
          "  \"flag\": true,",
          "  \"whole\": 3000000000,",
          "  \"number\": 1.5,",
          "  \"colour\": \"RED\",",
          "  \"numbers\": [1, 2.5],",
          "  \"points\": [{\"x\": 1, \"y\": 2}],",
          "  \"byName\": {\"a\": [{\"x\": 1, \"y\": 2}]},",
          "  \"shape\": [1, 2] }");

  private static String withLine(int number, String line) {
    List<String> lines = new java.util.ArrayList<>(LINES);
    lines.set(number - 1, line);
    return String.join("\n", lines);
  }

  private record Optionals(@Nullable String text, List<@Nullable Double> numbers) {}

  private record Older(@MayBeMissing List<String> names, int count) {
    Older {
      names = names == null ? List.of("none") : names;
    }
  }

  private record Undefined(@MayBeNaN double score, @MayBeNaN List<Double> scores, double finite) {}

  private record Share(double value) {
    Share {
      if (value > 1) {
        throw new IllegalArgumentException(value + " is more than 1");
      }
    }
  }

  private record Shares(List<Share> shares) {}

  @Test
  void a_record_is_written_in_a_line_or_indented_with_a_lines_end() {
    assertThat(Json.line(new Point(1, 2))).isEqualTo("{\"x\":1,\"y\":2}");
    assertThat(Json.indented(new Point(1, 2)))
        .isEqualToNormalizingNewlines("{\n  \"x\" : 1,\n  \"y\" : 2\n}\n");
  }

  @Test
  void properties_that_a_record_does_not_have_are_passed_over() throws IOException {
    Path file = folder.resolve("point.json");
    Files.writeString(file, "{\"x\": 1, \"z\": {\"deep\": [NaN, null, \"\"]}, \"y\": 2}");

    assertThat(Json.read(file, Point.class)).isEqualTo(new Point(1, 2));
  }

  @Test
  void every_kind_of_value_is_read() throws IOException {
    Everything read = Json.read(String.join("\n", LINES), Everything.class);

    assertThat(read.text()).isEqualTo("a");
    assertThat(read.flag()).isTrue();
    assertThat(read.whole()).isEqualTo(3_000_000_000L);
    assertThat(read.number()).isEqualTo(1.5);
    assertThat(read.colour()).isEqualTo(Colour.RED);
    assertThat(read.numbers()).containsExactly(1.0, 2.5);
    assertThat(read.points()).containsExactly(new Point(1, 2));
    assertThat(read.byName()).containsEntry("a", List.of(new Point(1, 2)));
    assertThat(read.shape()).containsExactly(1, 2);
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        // null, for every kind of component and within what it holds
        arguments(1, "{\"text\": null,", "text: expected a text, found null (line 1, column 10)"),
        arguments(2, "\"flag\": null,", "flag: expected true or false, found null"),
        arguments(3, "\"whole\": null,", "whole: expected a whole number, found null"),
        arguments(4, "\"number\": null,", "number: expected a number, found null"),
        arguments(5, "\"colour\": null,", "colour: expected one of: RED, GREEN, found null"),
        arguments(6, "\"numbers\": null,", "numbers: expected a list, found null"),
        arguments(6, "\"numbers\": [1, null],", "numbers[1]: expected a number, found null"),
        arguments(7, "\"points\": [null],", "points[0]: expected an object, found null"),
        arguments(
            7,
            "\"points\": [{\"x\": 1, \"y\": null}],",
            "points[0].y: expected a whole number from -2147483648 to 2147483647, found null"),
        arguments(8, "\"byName\": {\"a\": null},", "byName.a: expected a list, found null"),
        arguments(8, "\"byName\": {\"a\": [null]},", "byName.a[0]: expected a value, found null"),
        arguments(9, "\"shape\": [1, null]}", "found null"),
        // nothing
        arguments(1, "{", "text: is missing (line 9, column"),
        arguments(3, "", "whole: is missing (line 9, column"),
        arguments(7, "\"points\": [{\"x\": 1}],", "points[0].y: is missing (line 7, column 19)"),
        // something of another kind
        arguments(1, "{\"text\": 5,", "text: expected a text, found 5"),
        arguments(1, "{\"text\": true,", "text: expected a text, found true"),
        arguments(1, "{\"text\": [\"a\"],", "text: expected a text, found a list"),
        arguments(1, "{\"text\": {},", "text: expected a text, found an object"),
        arguments(2, "\"flag\": 1,", "flag: expected true or false, found 1"),
        arguments(
            2, "\"flag\": \"true\",", "flag: expected true or false, found the text \"true\""),
        arguments(3, "\"whole\": 1.5,", "whole: expected a whole number, found 1.5"),
        arguments(3, "\"whole\": \"1\",", "whole: expected a whole number, found the text \"1\""),
        arguments(3, "\"whole\": \"\",", "whole: expected a whole number, found the text \"\""),
        arguments(3, "\"whole\": true,", "whole: expected a whole number, found true"),
        arguments(
            3, "\"whole\": 99999999999999999999,", "expected a whole number, found 9999999999999"),
        arguments(4, "\"number\": \"1.5\",", "number: expected a number, found the text \"1.5\""),
        arguments(4, "\"number\": \"NaN\",", "number: expected a number, found the text \"NaN\""),
        arguments(4, "\"number\": NaN,", "number: expected a number, found NaN"),
        arguments(4, "\"number\": -Infinity,", "number: expected a number, found -Infinity"),
        arguments(4, "\"number\": 1e999,", "number: expected a number, found 1e999"),
        arguments(4, "\"number\": {\"a\": 1},", "number: expected a number, found an object"),
        arguments(5, "\"colour\": 0,", "colour: expected one of: RED, GREEN, found 0"),
        arguments(5, "\"colour\": \"\",", "colour: expected one of: RED, GREEN, found the text"),
        arguments(
            5, "\"colour\": \"blue\",", "colour: expected one of: RED, GREEN, found the text \"bl"),
        arguments(6, "\"numbers\": 1,", "numbers: expected a list, found 1"),
        arguments(6, "\"numbers\": {\"a\": 1},", "numbers: expected a list, found an object"),
        arguments(6, "\"numbers\": [[1]],", "numbers[0]: expected a number, found a list"),
        arguments(7, "\"points\": [[]],", "points[0]: expected an object, found a list"),
        arguments(7, "\"points\": [\"\"],", "points[0]: expected an object, found the text \"\""),
        arguments(
            7,
            "\"points\": [{\"x\": 3000000000, \"y\": 1}],",
            "points[0].x: expected a whole number from -2147483648 to 2147483647, found 3000000000"),
        arguments(8, "\"byName\": [],", "byName: expected an object, found a list"),
        arguments(9, "\"shape\": [1.5]}", "found 1.5"),
        // what is no JSON
        arguments(2, "\"flag\": true, \"flag\": true,", "is no JSON (line 2, column"),
        arguments(2, "\"flag\": tru,", "is no JSON (line 2, column"),
        arguments(2, "\"flag\": !,", "is no JSON (line 2, column"),
        arguments(9, "\"shape\": [1, 2", "the JSON ends too early (line 9, column"),
        arguments(9, "\"shape\": [1, 2]} {}", "more stands behind the end of the JSON (line 9"),
        arguments(9, "\"shape\": [1, 2]} x", "more stands behind the end of the JSON"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void a_mistake_is_told_with_its_place_and_without_words_of_java(
      int number, String line, String message) {
    assertThatThrownBy(() -> Json.read(withLine(number, line), Everything.class))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining(message)
        .message()
        .doesNotContain("java", "org.kt4j", "REDACTED", "token", "deserialize", "JSON String");
  }

  @Test
  void what_a_name_or_a_text_holds_cannot_spoil_a_message() {
    String long100 = "x".repeat(100);

    assertThatThrownBy(
            () ->
                Json.read(
                    withLine(8, "\"byName\": {\"a\\n b\": [\"" + long100 + "\\u001b\"]},"),
                    Everything.class))
        .hasMessageStartingWith(
            "byName.\"a\\n b\"[0]: expected an object, found the text \""
                + "x".repeat(60)
                + "...\"");
  }

  @Test
  void null_for_the_whole_and_an_empty_text_are_mistakes() {
    assertThatThrownBy(() -> Json.read("null", Point.class))
        .hasMessage("expected an object, found null");
    assertThatThrownBy(() -> Json.read("[1]", Point.class))
        .hasMessage("expected an object, found a list (column 1)");
    assertThatThrownBy(() -> Json.read("", Point.class))
        .hasMessage("the text is empty; expected: JSON");
    assertThatThrownBy(() -> Json.read(" \n", Point.class))
        .hasMessage("the text is empty; expected: JSON");
    assertThatThrownBy(() -> Json.tree("")).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.tree("{")).isInstanceOf(JsonException.class);
    assertThatThrownBy(() -> Json.tree("{} {}")).isInstanceOf(JsonException.class);
  }

  @Test
  void what_may_be_null_is_null() throws IOException {
    assertThat(Json.read("{\"numbers\": [1, null]}", Optionals.class))
        .isEqualTo(new Optionals(null, Arrays.asList(1.0, null)));
    assertThat(Json.read("{\"text\": null, \"numbers\": []}", Optionals.class))
        .isEqualTo(new Optionals(null, List.of()));
  }

  @Test
  void what_older_files_lack_is_filled_in_by_the_record() throws IOException {
    assertThat(Json.read("{\"count\": 1}", Older.class)).isEqualTo(new Older(List.of("none"), 1));
    assertThatThrownBy(() -> Json.read("{\"names\": [null], \"count\": 1}", Older.class))
        .hasMessageContaining("names[0]: expected a text, found null");
  }

  @Test
  void undefined_numbers_are_read_where_they_are_written_and_nowhere_else() throws IOException {
    Undefined written = new Undefined(Double.NaN, List.of(Double.NaN, 0.5), 1);

    assertThat(Json.read(Json.line(written), Undefined.class)).isEqualTo(written);
    assertThatThrownBy(
            () -> Json.read(Json.line(new Undefined(1, List.of(), Double.NaN)), Undefined.class))
        .hasMessageContaining("finite: expected a number, found the text \"NaN\"");
    assertThatThrownBy(
            () -> Json.read("{\"score\": \"x\", \"scores\": [], \"finite\": 1}", Undefined.class))
        .hasMessageContaining("score: expected a number, found the text \"x\"");
  }

  @Test
  void what_a_record_refuses_is_told_in_its_words() throws IOException {
    assertThat(Json.read("{\"shares\": [{\"value\": 1}]}", Shares.class))
        .isEqualTo(new Shares(List.of(new Share(1))));
    assertThatThrownBy(() -> Json.read("{\"shares\": [{\"value\": 2}]}", Shares.class))
        .isInstanceOf(JsonException.class)
        .hasMessage("shares[0]: 2.0 is more than 1 (column 24)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-32LE"})
  void a_file_may_be_in_any_unicode_encoding_with_a_mark_and_without(String name)
      throws IOException {
    Charset charset = Charset.forName(name);
    Path file = folder.resolve("any.json");
    String json = "{\"text\": \"é猫\", \"numbers\": []}";

    for (String mark : List.of("", "\uFEFF")) {
      Files.write(file, (mark + json).getBytes(charset));
      assertThat(Json.read(file, Optionals.class)).isEqualTo(new Optionals("é猫", List.of()));
      assertThat(Json.tree(file).get("text").textValue()).isEqualTo("é猫");
    }
    assertThat(Json.read("\uFEFF" + json, Optionals.class).text()).isEqualTo("é猫");
  }

  @Test
  void bytes_that_are_no_text_are_an_error() throws IOException {
    Path file = folder.resolve("latin1.json");
    Files.write(file, "{\"text\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    Path picture = folder.resolve("picture.json");
    Files.write(picture, new byte[] {(byte) 0x89, 'P', 'N', 'G', 0, 0, 0, 1, 2, 3});
    Path nothing = folder.resolve("zeros.json");
    Files.write(nothing, new byte[100]);

    for (Path each : List.of(file, picture, nothing)) {
      assertThatThrownBy(() -> Json.read(each, Optionals.class))
          .isInstanceOf(JsonException.class)
          .message()
          .startsWith("is no ")
          .doesNotContain("java", "REDACTED");
    }
    assertThatThrownBy(() -> Json.read(folder.resolve("none.json"), Point.class))
        .isInstanceOf(NoSuchFileException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":"})
  void deep_lists_and_objects_are_told_and_not_followed(String opening) {
    String deep = opening.repeat(100_000);

    assertThatThrownBy(() -> Json.tree(deep))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("lists and objects are nested more than 200 deep");
    assertThatThrownBy(() -> Json.read("{\"z\": " + deep, Point.class))
        .hasMessageStartingWith("lists and objects are nested more than 200 deep");
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for() throws Exception {
    Path pipe = folder.resolve("pipe.json");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> Json.tree(pipe))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it is no regular file but a pipe, a socket or a device");
  }
}
