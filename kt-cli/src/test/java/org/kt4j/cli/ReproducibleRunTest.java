package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs in processes of their own, undisturbed and after kill -9, end with the same numbers. */
@Tag("slow")
class ReproducibleRunTest {

  private static final String CONFIGURATION =
      """
      data: {name: shapes, train: 320, test: 64, held-out: 64, size: 16}
      student: {network: resnet-8, width: 8}
      teacher: {run: TEACHER, allow-weak: true}
      batch-size: 32
      phases:
        - {name: both, epochs: 3, objective: [{term: cross-entropy}, {term: nst, weight: 50}, {term: kd}]}
        - {name: labels, epochs: 2, objective: [{term: cross-entropy}]}
      """;

  @TempDir private Path folder;

  private Process train(Path config, Path run) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.kt4j.cli.Kt",
            "train",
            config.toString(),
            "--out",
            run.toString(),
            "--runs",
            run.resolveSibling(run.getFileName() + "-others").toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
        .start();
  }

  private void trainToTheEnd(Path config, Path run) throws Exception {
    Process process = train(config, run);
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
  }

  /** The lines without what a clock decides. */
  private static List<String> numbers(Path run) throws IOException {
    return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .map(line -> line.replaceFirst(",\"images-per-second\".*", ""))
        .toList();
  }

  private static List<String> result(Path run) throws IOException {
    return Files.readAllLines(run.resolve("result.json")).stream()
        .filter(line -> !line.contains("-seconds") && !line.contains("peak-memory"))
        .toList();
  }

  @Test
  void a_run_killed_again_and_again_ends_with_the_numbers_of_one_that_was_not() throws Exception {
    Path teacherConfig = folder.resolve("teacher.yaml");
    Path teacher = folder.resolve("teacher");
    Files.writeString(
        teacherConfig,
        """
        data: {name: shapes, train: 320, test: 64, held-out: 64, size: 16}
        student: {network: resnet-8, width: 8}
        batch-size: 32
        phases: [{name: teacher, epochs: 1, objective: [{term: cross-entropy}]}]
        """);
    trainToTheEnd(teacherConfig, teacher);
    Path config = folder.resolve("student.yaml");
    Files.writeString(config, CONFIGURATION.replace("TEACHER", teacher.toString()));
    Path whole = folder.resolve("whole");
    Path killed = folder.resolve("killed");
    long began = System.nanoTime();
    trainToTheEnd(config, whole);
    long wholeMillis = (System.nanoTime() - began) / 1_000_000;

    SplittableRandom random = new SplittableRandom(1);
    int kills = 0;
    Process process = train(config, killed);
    // From the start of the JVM to just before the end of an undisturbed run.
    while (!process.waitFor(random.nextLong(wholeMillis / 4, wholeMillis), TimeUnit.MILLISECONDS)
        && kills < 5) {
      process.destroyForcibly().waitFor();
      kills++;
      process = train(config, killed);
    }
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();

    assertThat(process.exitValue()).as(Files.readString(folder.resolve("log"))).isZero();
    assertThat(kills).isPositive();
    assertThat(numbers(killed)).isEqualTo(numbers(whole)).hasSize(5);
    assertThat(result(killed)).isEqualTo(result(whole));
    Path variables = Path.of("checkpoints", "epoch-0005", "variables.data-00000-of-00001");
    assertThat(killed.resolve(variables)).hasSameBinaryContentAs(whole.resolve(variables));
    System.out.println("killed " + kills + " times");
  }

  @Test
  void a_detector_that_trains_its_backbone_first_ends_twice_with_the_same_numbers()
      throws Exception {
    // In one process: what a classifier's steps leave behind must not reach the detector's.
    Files.writeString(
        folder.resolve("backbone.yaml"),
        """
        data: {name: shapes, train: 120, test: 40, held-out: 40, size: 32}
        student: {network: imagenet-resnet-10, width: 8}
        batch-size: 20
        phases: [{name: classify, epochs: 1, objective: [{term: cross-entropy}]}]
        """);
    Path config =
        Files.writeString(
            folder.resolve("detector.yaml"),
            """
            data: {name: shapes-detection, train: 40, held-out: 8, test: 8, height: 96, width: 128}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-10, width: 8}
              tap: stage3
              height: 96
              width: 128
            start: {config: backbone.yaml}
            batch-size: 4
            phases: [{name: detect, epochs: 2, objective: [{preset: faster-rcnn}]}]
            """);
    Path once = folder.resolve("once");
    Path twice = folder.resolve("twice");

    trainToTheEnd(config, once);
    trainToTheEnd(config, twice);

    assertThat(folder.resolve("once-others")).isDirectory();
    assertThat(numbers(twice)).isEqualTo(numbers(once)).hasSize(2);
    assertThat(result(twice)).isEqualTo(result(once));
  }
}
