package com.example.brightness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/extending.md shows the sources of this module as they are. */
class DocumentationTest {

  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @Test
  void every_block_of_the_page_stands_in_a_source() throws IOException {
    String page = Files.readString(Path.of("..", "extending.md"));
    String section = page.substring(page.indexOf("## A task of your own"));
    List<String> blocks =
        BLOCK.matcher(section).results().map(match -> lines(match.group(1))).toList();
    String sources;
    try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
      sources =
          files
              .filter(Files::isRegularFile)
              .map(DocumentationTest::text)
              .collect(Collectors.joining());
    }

    assertThat(blocks).hasSizeGreaterThan(5);
    assertThat(blocks).allSatisfy(block -> assertThat(sources).contains(block));
  }

  private static String text(Path file) {
    try {
      return lines(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without indentation, which differs between a page and a class. */
  private static String lines(String text) {
    return text.lines().map(line -> line.strip() + "\n").collect(Collectors.joining());
  }
}
