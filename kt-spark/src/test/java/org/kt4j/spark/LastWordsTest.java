package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastWordsTest {

  @Test
  void the_last_message_of_kt_is_the_reason() {
    LastWords words =
        words(
            "epoch 1",
            "kt: b.jpg: passed over",
            "kt: 2 problems:",
            "  first",
            "  second",
            "try: x");

    assertThat(words.reason()).isEqualTo("2 problems:\n  first\n  second");
  }

  @Test
  void without_a_message_it_is_the_last_line() {
    assertThat(words("Error: could not create the JVM", "A fatal exception", " ").reason())
        .isEqualTo("A fatal exception");
    assertThat(words().reason()).isEmpty();
  }

  @Test
  void a_process_that_said_nothing_is_told_by_how_it_ended() {
    assertThat(new KtProcess.Ended(137, words()).reason())
        .isEqualTo("its process was killed by signal 9");
    assertThat(new KtProcess.Ended(143, words("epoch 2")).reason())
        .isEqualTo("its process was killed by signal 15; the last it said: epoch 2");
    assertThat(new KtProcess.Ended(1, words()).reason())
        .isEqualTo("it ended with exit code 1 and said nothing");
  }

  @Test
  void the_last_forty_lines_are_kept() {
    List<String> lines = IntStream.range(0, 100).mapToObj(Integer::toString).toList();

    assertThat(words(lines.toArray(new String[0])).tail()).isEqualTo(lines.subList(60, 100));
  }

  private static LastWords words(String... lines) {
    LastWords words = new LastWords();
    for (String line : lines) {
      words.add(line);
    }
    return words;
  }
}
