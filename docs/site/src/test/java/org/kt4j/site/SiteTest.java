package org.kt4j.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

  private static final Pattern LINK = Pattern.compile("(?:href|src)=\"([^\"]*)\"");

  @TempDir private Path folder;
  private Path root;
  private Path out;

  @BeforeEach
  void writePages() throws IOException {
    root = folder.resolve("repository");
    out = folder.resolve("site");
    write(
        "README.md",
        """
        # Top & more

        [a](docs/a.md#part-one) [suite](configs/suite.yaml) [code](docs/example)

        ![picture](docs/images/p.png) [results](benchmarks/results)
        """);
    write(
        "docs/a.md",
        "# A\n\n## Part one\n\nSome words about `kd`.\n\n| x | |\n|---|---:|\n| a | 1 |\n\n[up](../README.md)\n");
    write("docs/new.md", "# Not listed\n\n[itself](#not-listed)\n");
    write("benchmarks/results/README.md", "# Results\n\n[report](cifar/report.md)\n");
    write("benchmarks/results/cifar/report.md", "# Report of CIFAR\n");
    write("benchmarks/results/cifar/report.html", "<p>with charts</p>");
    write("configs/suite.yaml", "name: <suite>\n");
    write("docs/images/p.png", "no real picture");
    write("docs/example/src/Code.java", "class Code {}\n");
    write("docs/example/target/Made.java", "class Made {}\n");
    write(
        "docs/site/navigation.md",
        """
        ## Start

        - [Home](../../README.md)

        ## Guide

        ### First

        - [A page](../a.md)

        ## Results

        - [All](../../benchmarks/results/README.md)
        """);
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> found = Files.walk(folder)) {
      for (Path file : found.filter(Files::isRegularFile).toList()) {
        files.put(folder.relativize(file).toString().replace('\\', '/'), Files.readString(file));
      }
    }
    return files;
  }

  @Test
  void each_page_and_each_file_that_is_linked_has_a_place() throws IOException {
    assertThat(Site.write(root, out)).isEmpty();

    assertThat(files(out))
        .containsOnlyKeys(
            "index.html",
            "docs/a.html",
            "docs/new.html",
            "benchmarks/results/index.html",
            "benchmarks/results/cifar/index.html",
            "benchmarks/results/cifar/report.html",
            "configs/suite.yaml.html",
            "docs/images/p.png",
            "docs/example/index.html",
            "docs/example/src/Code.java.html",
            "assets/site.css",
            "assets/site.js",
            "assets/theme.js",
            "assets/sections.js",
            "assets/lunr.min.js",
            "assets/lunr-LICENSE.txt");
  }

  @Test
  void every_link_of_the_site_leads_to_one_of_its_files() throws IOException {
    Site.write(root, out);

    Map<String, String> files = files(out);
    files.forEach(
        (name, html) -> {
          if (name.endsWith(".html")) {
            assertThat(LINK.matcher(html).results().map(link -> link.group(1)))
                .filteredOn(link -> !link.equals("data:,"))
                .allSatisfy(
                    link -> {
                      String[] parts = link.split("#", -1);
                      Path there =
                          parts[0].isEmpty()
                              ? Path.of(name)
                              : Path.of("/" + name).resolveSibling(parts[0]).normalize();
                      String target = there.toString().replaceFirst("^/", "");
                      assertThat(files).as("%s in %s", link, name).containsKey(target);
                      if (parts.length > 1) {
                        assertThat(files.get(target)).contains("id=\"" + parts[1] + "\"");
                      }
                    });
          }
        });
  }

  @Test
  void a_page_has_its_text_its_links_and_its_place_among_the_pages() throws IOException {
    Site.write(root, out);

    String home = Files.readString(out.resolve("index.html"));
    assertThat(home)
        .contains("<title>Top &amp; more - kt4j</title>", "<h1 id=\"top--more\">Top &amp; more")
        .contains("<a href=\"docs/a.html#part-one\">a</a>")
        .contains("<a href=\"configs/suite.yaml.html\">suite</a>")
        .contains("<a href=\"docs/example/index.html\">code</a>")
        .contains("<img src=\"docs/images/p.png\" alt=\"picture\"")
        .contains("<a href=\"benchmarks/results/index.html\">results</a>")
        .contains("<a href=\"index.html\" aria-current=\"page\">Home</a>");
    String page = Files.readString(out.resolve("docs/a.html"));
    assertThat(page)
        .contains("<a href=\"../index.html\">up</a>")
        .contains("<a href=\"a.html\" aria-current=\"page\">A page</a>")
        .containsPattern("<div class=\"scroll\">\\s*<table>")
        .contains("<td align=\"right\"></td>");
  }

  @Test
  void a_page_that_is_not_listed_stands_beside_its_neighbours() throws IOException {
    write("docs/methods/kd.md", "# kd\n");
    write("docs/methods/nst.md", "# nst\n");
    write("docs/methods/new.md", "# New method\n");
    write("CHANGELOG.md", "# Changes\n");
    write(
        "docs/site/navigation.md",
        """
        ## Start

        - [Home](../../README.md)

        ## Guide

        - [A page](../a.md)

        ## Methods

        - [k](../methods/kd.md)
        - [n](../methods/nst.md)

        ## Results

        - [All](../../benchmarks/results/README.md)
        """);

    Site.write(root, out);

    assertThat(Files.readString(out.resolve("index.html")))
        .containsSubsequence("Start", "Home", "Changes", "Guide", "A page", "Not listed")
        .containsSubsequence("Methods", ">k<", ">n<", "New method", "Results", "All", "Report of");
  }

  @Test
  void a_file_is_shown_as_it_is_and_a_report_has_its_charts() throws IOException {
    Site.write(root, out);

    assertThat(Files.readString(out.resolve("configs/suite.yaml.html")))
        .contains("<pre><code>name: &lt;suite&gt;\n</code></pre>");
    assertThat(Files.readString(out.resolve("benchmarks/results/cifar/report.html")))
        .isEqualTo("<p>with charts</p>");
    assertThat(Files.readString(out.resolve("benchmarks/results/cifar/index.html")))
        .contains("<a href=\"report.html\">the report as one page</a>");
  }

  @Test
  void the_search_knows_each_section() throws IOException {
    Site.write(root, out);

    assertThat(Files.readString(out.resolve("assets/sections.js")))
        .startsWith("window.ktSections = [")
        .contains(
            "{\"url\":\"docs/a.html#part-one\",\"page\":\"A\",\"heading\":\"Part one\",\"text\":\"Some words about kd.");
  }

  @Test
  void two_sites_of_the_same_pages_are_equal_and_the_javadoc_stays() throws IOException {
    Site.write(root, out);
    Path again = folder.resolve("again");
    Files.createDirectories(again.resolve("apidocs"));
    Site.write(root, again);
    assertThat(files(again)).isEqualTo(files(out));

    Files.writeString(again.resolve("apidocs/index.html"), "Javadoc");
    Files.writeString(again.resolve("docs/gone.html"), "of a page that was removed");
    Site.write(root, again);

    assertThat(again.resolve("docs/gone.html")).doesNotExist();
    assertThat(again.resolve("apidocs/index.html")).hasContent("Javadoc");
    assertThat(Files.readString(again.resolve("docs/a.html")))
        .contains("<a href=\"../apidocs/index.html\">Javadoc</a>");
    assertThat(Files.readString(out.resolve("docs/a.html"))).doesNotContain("Javadoc");
  }

  @Test
  void a_link_that_leads_nowhere_stops_the_build() throws IOException {
    write("docs/a.md", "# A\n\n[gone](gone.md)\n");

    assertThatThrownBy(() -> Site.main(new String[] {root.toString(), out.toString()}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("no site was written: ");
    assertThat(out).doesNotExist();
  }
}
