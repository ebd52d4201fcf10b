package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** 64 pictures in two views are two blocks of each file. */
class CacheCommandTest {

  private static final String ALONE =
      """
      data: {name: shapes, train: 96, held-out: 32, test: 32, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  private static final String STORED =
      """
      data: {name: shapes, train: 96, held-out: 32, test: 32, size: 16}
      teacher: {run: TEACHER, allow-weak: true}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      augmentation: {views: 2}
      cache: {folder: CACHE}
      phases:
        - name: distil
          epochs: 2
          objective: [{term: cross-entropy}, {term: nst, weight: 50}, {term: kd}]
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  private Path cache;
  private Path config;

  @BeforeAll
  static void train_a_teacher() throws IOException {
    Path alone = Files.writeString(shared.resolve("alone.yaml"), ALONE);
    assertThat(kt("train", alone, "--out", shared.resolve("teacher")).exitCode()).isZero();
  }

  @BeforeEach
  void write_the_configuration() throws IOException {
    cache = folder.resolve("cache");
    config =
        Files.writeString(
            folder.resolve("stored.yaml"),
            STORED
                .replace("TEACHER", shared.resolve("teacher").toString())
                .replace("CACHE", cache.toString()));
  }

  private CommandRun train(String run) {
    CommandRun train = kt("train", config, "--out", folder.resolve(run));
    assertThat(train.err()).isEmpty();
    assertThat(train.exitCode()).isZero();
    return train;
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(file -> file.toString().endsWith(".knowledge")).sorted().toList();
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }

  @Test
  void what_a_run_stored_is_used_by_the_next_listed_verified_and_cleared() throws IOException {
    CommandRun first = train("first");

    assertThat(first.out())
        .containsPattern("cache +" + cache + "/kd-[0-9a-f]{16}\\.knowledge, .*2 of 2 blocks")
        .containsPattern("cache +" + cache + "/nst-[0-9a-f]{16}\\.knowledge, .*2 of 2 blocks")
        .contains("128 pictures computed in");

    CommandRun second = train("second");

    assertThat(second.out()).contains("2 views, whole").doesNotContain("computed");
    assertThat(Files.readString(folder.resolve("second/metrics.jsonl")).lines().map(this::numbers))
        .containsExactlyElementsOf(
            Files.readString(folder.resolve("first/metrics.jsonl"))
                .lines()
                .map(this::numbers)
                .toList());

    List<Path> files = files();
    assertThat(files).hasSize(4);
    CommandRun list = kt("cache", "list", "--folder", cache);
    assertThat(list.exitCode()).isZero();
    assertThat(list.out())
        .contains("file ", "pictures ", "views ", "precision ", "size ", "last used")
        .containsPattern("answers-[0-9a-f]{16}\\.knowledge +\\d+ +1 +single ")
        .containsPattern(name(files.get(2)) + " +64 +2 +single ")
        .containsPattern(name(files.get(3)) + " +64 +2 +single ")
        .contains("shapes held-out, as they are; 2 numbers a picture")
        .contains("shapes test, as they are; 2 numbers a picture")
        .contains("kd (temperature 4.0")
        .contains(" of resnet-8 from " + shared.resolve("teacher"))
        .contains("shapes train, crop-padding 4, flip; 10 numbers a picture")
        .containsPattern("\n4 files, .* in " + cache + "\n$");

    CommandRun verify = kt("cache", "verify", "--folder", cache);
    assertThat(verify.exitCode()).isZero();
    assertThat(verify.out().lines())
        .hasSize(4)
        .endsWith(
            name(files.get(2)) + "  whole, 2 blocks", name(files.get(3)) + "  whole, 2 blocks");

    CommandRun one = kt("cache", "clear", "--folder", cache, "kd");
    assertThat(one.exitCode()).isZero();
    assertThat(one.out()).isEqualTo("removed " + name(files.get(2)) + "\n");
    assertThat(files()).containsExactly(files.get(0), files.get(1), files.get(3));

    CommandRun all = kt("cache", "clear", "--folder", cache, "--all");
    assertThat(all.exitCode()).isZero();
    assertThat(all.out().lines())
        .containsExactly(
            "removed " + name(files.get(0)),
            "removed " + name(files.get(1)),
            "removed " + name(files.get(3)));
    assertThat(files()).isEmpty();
    assertThat(kt("cache", "list", "--folder", cache).out()).contains("0 files, ");
  }

  private String numbers(String line) {
    return line.replaceFirst(",\"images-per-second\".*", "");
  }

  @Test
  void a_damaged_byte_is_found_and_the_next_run_computes_that_block_anew() throws IOException {
    train("first");
    Path damaged = files().get(2);
    try (RandomAccessFile file = new RandomAccessFile(damaged.toFile(), "rw")) {
      file.seek(4096 + 20); // in the rows of the first block, behind a header of one page
      int before = file.read();
      file.seek(4096 + 20);
      file.write(before ^ 1);
    }

    CommandRun verify = kt("cache", "verify", "--folder", cache);

    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out())
        .contains(
            name(damaged)
                + "  1 damaged and 0 missing of 2 blocks; the next run that needs them computes"
                + " them");

    CommandRun second = train("second");

    assertThat(second.out())
        .contains("1 of 2 blocks to be computed, 1 of them damaged", "64 pictures computed in");
    assertThat(kt("cache", "verify", "--folder", cache).exitCode()).isZero();
  }

  @Test
  void a_file_that_is_no_knowledge_is_listed_and_fails_the_verification() throws IOException {
    Path strange = Files.createDirectories(cache).resolve("kd-0123456789abcdef.knowledge");
    Files.writeString(strange, "something else");

    CommandRun list = kt("cache", "list", "--folder", cache);
    CommandRun verify = kt("cache", "verify", "--folder", cache);

    assertThat(list.exitCode()).isZero();
    assertThat(list.out()).contains("unreadable: " + strange + ": is no file of knowledge");
    assertThat(verify.exitCode()).isEqualTo(1);
    assertThat(verify.out()).contains("unreadable: ");
    assertThat(kt("cache", "clear", "--folder", cache, "--all").exitCode()).isZero();
    assertThat(strange).doesNotExist();
  }

  @Test
  void nothing_is_removed_that_was_not_named() throws IOException {
    Path there = Files.createDirectories(cache).resolve("kd-0123456789abcdef.knowledge");
    Files.writeString(there, "something");

    CommandRun nothing = kt("cache", "clear", "--folder", cache);
    CommandRun unknown = kt("cache", "clear", "--folder", cache, "kd", "nst");
    CommandRun both = kt("cache", "clear", "--folder", cache, "--all", "kd");

    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err())
        .isEqualTo("kt: name the files to be removed, or --all for every file\n");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err())
        .isEqualTo(
            "kt: nst: no file of " + cache + " has such a name; there are: " + name(there) + "\n");
    assertThat(both.exitCode()).isEqualTo(2);
    assertThat(kt("cache").exitCode()).isEqualTo(2);
    assertThat(there).exists();
  }

  @Test
  void a_cache_that_is_not_there_is_empty() {
    CommandRun list = kt("cache", "list", "--folder", folder.resolve("nowhere"));
    CommandRun clear = kt("cache", "clear", "--folder", folder.resolve("nowhere"), "kd");

    assertThat(list.exitCode()).isZero();
    assertThat(list.out()).contains("0 files, ");
    assertThat(kt("cache", "verify", "--folder", folder.resolve("nowhere")).exitCode()).isZero();
    assertThat(clear.exitCode()).isEqualTo(2);
    assertThat(clear.err()).endsWith(" has such a name; there are: none\n");
    assertThat(folder.resolve("nowhere")).doesNotExist();
  }

  @Test
  void pictures_that_never_come_again_are_refused_with_the_way_out() throws IOException {
    Files.writeString(config, Files.readString(config).replace("augmentation: {views: 2}\n", ""));

    CommandRun train = kt("train", config, "--out", folder.resolve("fresh"));

    assertThat(train.exitCode()).isEqualTo(2);
    assertThat(train.err())
        .contains("cache: only pictures that come again can be stored")
        .contains("fix: augmentation: {views: 4}");
    assertThat(cache).doesNotExist();
    assertThat(folder.resolve("fresh")).doesNotExist();
  }
}
