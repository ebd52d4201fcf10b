package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VisualizeCommandTest {

  private static final String ALONE =
      """
      data: {name: shapes, train: 96, held-out: 32, test: 40, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases:
        - {name: alone, epochs: 1, objective: [{term: cross-entropy}]}
      """;

  private static final String TRANSFER =
      """
      data: {name: shapes, train: 96, held-out: 32, test: 40, size: 16}
      teacher: {config: teacher.yaml, allow-weak: true}
      student: {network: resnet-8, width: 4}
      baseline: {config: alone.yaml}
      batch-size: 32
      phases:
        - {name: distil, epochs: 1, objective: [{term: cross-entropy}, {term: nst, weight: 50}]}
      """;

  @TempDir private static Path folder;

  private static Path run;

  @BeforeAll
  static void train() throws IOException {
    Files.writeString(folder.resolve("alone.yaml"), ALONE);
    Files.writeString(folder.resolve("teacher.yaml"), ALONE.replace("width: 4", "width: 8"));
    Path config = Files.writeString(folder.resolve("transfer.yaml"), TRANSFER);
    run = folder.resolve("run");
    CommandRun trained = kt("train", config, "--runs", folder.resolve("runs"), "--out", run);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
  }

  private static CommandRun visualize(Object... arguments) {
    List<Object> all =
        Stream.concat(
                Stream.of("visualize", "--runs", folder.resolve("runs")), Stream.of(arguments))
            .toList();
    return kt(all.toArray());
  }

  @Test
  void a_run_is_drawn_beside_its_teacher_and_its_baseline() throws Exception {
    CommandRun drawn = visualize(run, "--neurons", 2, "--top", 3);

    assertThat(drawn.err()).isEmpty();
    assertThat(drawn.exitCode()).isZero();
    Path figures = run.resolve("figures");
    assertThat(drawn.out())
        .contains(
            "teacher         resnet-8 from ",
            "student before  ",
            "/alone/seed-1\n",
            "checkpoints     best")
        .contains("layers          stage3 beside stage3", "pictures        40 of shapes test")
        .containsPattern("MMD\\^2, linear kernel +\\d\\S+ +\\d\\S+ +[+-]\\d+\\.\\d %")
        .containsPattern("distance to the nearest neuron, mean +\\d\\S+ +\\d\\S+ ")
        .endsWith("figures: " + figures.resolve("figures.html") + System.lineSeparator());
    try (Stream<Path> files = Files.list(figures)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "figures.html", "neurons.png", "tsne.svg", "tsne.csv", "mmd.svg", "mmd.csv");
    }
    BufferedImage sheet = ImageIO.read(figures.resolve("neurons.png").toFile());
    assertThat(sheet.getWidth()).isGreaterThan(3 * 96);
    assertThat(Files.readAllLines(figures.resolve("mmd.csv")))
        .hasSize(4)
        .startsWith("kernel,before,after");
    // 32 neurons of the teacher and 16 of each student, less those that are dead.
    assertThat(Files.readAllLines(figures.resolve("tsne.csv")))
        .startsWith("set,channel,x,y")
        .hasSizeBetween(4, 1 + 32 + 2 * 16);
    for (String drawing : List.of("tsne.svg", "mmd.svg")) {
      var svg =
          DocumentBuilderFactory.newInstance()
              .newDocumentBuilder()
              .parse(figures.resolve(drawing).toFile());
      assertThat(svg.getElementsByTagName("title").item(0).getTextContent()).contains("transfer");
    }
  }

  @Test
  void the_page_needs_nothing_but_itself() throws IOException {
    Path out = folder.resolve("page");

    assertThat(visualize(run, "--out", out, "--neurons", 1).exitCode()).isZero();

    String page = Files.readString(out.resolve("figures.html"));
    assertThat(page)
        .contains("<svg class=\"kt-tsne\"", "<svg class=\"kt-mmd\"", "prefers-color-scheme: dark")
        .containsPattern("<img src=\"data:image/png;base64,[^\"]{1000,}\" width=\"\\d+\"")
        .containsPattern("alt=\"Heat maps of the teacher&#39;s neuron \\d+ on \\w+")
        .doesNotContain("<script", "<link", "@import", "url(", "{{");
    assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http");
  }

  @Test
  void the_student_before_can_be_its_first_values_or_any_run() {
    Path out = folder.resolve("before");

    CommandRun initial =
        visualize(run, "--out", out, "--before", "initial", "--layer", "stage1=stage1");
    CommandRun other = visualize(run, "--out", out, "--before", run, "--checkpoint", "last");

    assertThat(initial.out())
        .contains("student before  an untrained network", "layers          stage1 beside stage1");
    assertThat(other.out())
        .contains("student before  " + run + "\n", "checkpoints     last")
        .containsPattern("MMD\\^2, gaussian kernel +(\\S+) +\\1 +\\+0\\.0 %");
  }

  @Test
  void mistakes_say_what_is_wrong_where_and_what_is_allowed() throws IOException {
    Path alone = folder.resolve("alone");
    kt("train", folder.resolve("alone.yaml"), "--out", alone);

    assertMistake("holds no run (no config.yaml)", folder);
    assertMistake("names no teacher", alone);
    assertMistake("--teacher: unknown teacher 'anna'; known: teacher", run, "--teacher", "anna");
    assertMistake("holds no run", run, "--before", folder.resolve("nowhere"));
    assertMistake("--layer: unknown tap of the student 'stage9'", run, "--layer", "stage3=stage9");
    assertMistake("pictures: 3 is not allowed; allowed: 5 to", run, "--pictures", 3);
    assertThat(run.resolve("figures.html")).doesNotExist();
  }

  private static void assertMistake(String message, Object... arguments) {
    CommandRun drawn = visualize(arguments);

    assertThat(drawn.exitCode()).as(drawn.out()).isEqualTo(2);
    assertThat(drawn.err()).contains(message).doesNotContain("\tat ");
  }
}
