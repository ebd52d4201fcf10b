package org.kt4j.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LastWordsTest {

  @Test
  void the_last_message_of_kt_is_the_reason() {
    LastWords words =
        words("epoch 1", "kt: b.jpg: passed over", "kt: 2 problems:", "  first", "  second", "try: x");

    assertThat(words.reason()).isEqualTo("2 problems:\n  first\n  second");
  }

  @Test
  void without_a_message_it_is_the_last_line() {
    assertThat(words("Error: could not create the JVM", "A fatal exception", " ").reason())
        .isEqualTo("A fatal exception");
    assertThat(words().reason()).isEqualTo("it said nothing");
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
