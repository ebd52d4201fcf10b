package org.kt4j.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepositoryTest {

  @TempDir private Path root;

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void writePages() throws IOException {
    write("README.md", "# Top\n\n## Results\n");
    write("docs/a.md", "# A page\n\n## `kd`, and more: 8 bits\n\n## Twice\n\n## Twice\n");
    write("docs/methods/nst.md", "# nst\n");
    write("configs/suite.yaml", "name: suite\n");
    write("docs/images/report.png", "no real picture");
    write("docs/example/Code.java", "class Code {}\n");
    write("docs/target/made.md", "# made\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.md",
        "#twice",
        "#twice-1",
        "#kd-and-more-8-bits",
        "a.md#twice",
        "../README.md#results",
        "..",
        "methods/nst.md",
        "../configs/suite.yaml",
        "images/report.png",
        "example",
        "https://example.org/page#part",
        "mailto:somebody@example.org"
      })
  void a_link_that_leads_somewhere_is_no_problem(String target) throws IOException {
    writePages();
    write(
        "docs/b.md",
        "# B\n\n[x](" + target + ")\n\n# Twice\n\n# Twice\n\n# kd, and more: 8 bits\n");

    assertThat(new Repository(root).problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "b.md | there is no docs/b.md",
        "nst.md | there is no docs/nst.md; of that name there is docs/methods/nst.md",
        "methods/nst.md#weight | docs/methods/nst.md has no heading '#weight'; it has #nst",
        "#weight | docs/c.md has no heading '#weight'; it has #c",
        "../configs/suite.yaml#x | configs/suite.yaml is no Markdown page, so it has no '#x'",
        "../../else.md | outside of the repository; name a file in it",
        "/docs/a.md | outside of the repository; name a file in it",
        "target/made.md | 'target' holds what is made, which a fresh checkout does not have",
        "images/none.png | there is no docs/images/none.png"
      })
  void a_link_that_leads_nowhere_is_told_with_page_line_and_target(String target, String reason)
      throws IOException {
    writePages();
    write("docs/c.md", "# C\n\nText on\ntwo lines, a [link](" + target + ").\n");

    assertThat(new Repository(root).problems())
        .extracting(Problem::toString)
        .containsExactly("docs/c.md:4: link to '" + target + "': " + reason);
  }

  @Test
  void a_picture_and_a_link_in_a_table_or_a_list_are_looked_at() throws IOException {
    write(
        "README.md",
        "# Top\n\n![a](a.png)\n\n| x |\n|---|\n| [b](b.md) |\n\n- one\n- [c](c.md)\n\n[d][e]\n\n[e]: d.md\n");

    assertThat(new Repository(root).problems())
        .extracting(problem -> problem.line() + " " + problem.target())
        .containsExactly("3 a.png", "7 b.md", "10 c.md", "12 d.md");
  }

  @Test
  void code_is_no_link() throws IOException {
    write("README.md", "# Top\n\n    [a](a.md)\n\n`[b](b.md)`\n\n```\n[c](c.md)\n```\n");

    assertThat(new Repository(root).problems()).isEmpty();
  }

  @Test
  void the_list_for_the_sidebar_is_looked_at_too() throws IOException {
    writePages();
    write("docs/site/navigation.md", "## Start\n\n- [gone](../gone.md)\n");

    assertThat(new Repository(root).problems())
        .extracting(Problem::toString)
        .containsExactly(
            "docs/site/navigation.md:3: link to '../gone.md': there is no docs/gone.md");
  }
}
