package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CacheCommandTest {

  @TempDir private Path folder;

  private Path configured(String augmentation) throws IOException {
    Files.writeString(
        folder.resolve("teacher.yaml"),
        """
        data: {name: shapes, train: 160, held-out: 32, test: 32, size: 16}
        student: {network: resnet-8, width: 4}
        batch-size: 32
        phases:
          - {name: alone, epochs: 1, objective: [{term: cross-entropy}]}
        """);
    return Files.writeString(
        folder.resolve("stored.yaml"),
        """
        data: {name: shapes, train: 160, held-out: 32, test: 32, size: 16}
        teacher: {config: teacher.yaml, allow-weak: true}
        student: {network: resnet-8, width: 4}
        augmentation: {AUGMENTATION}
        cache: {folder: 'FOLDER', precision: half}
        batch-size: 32
        phases:
          - name: distil
            epochs: 1
            objective: [{term: cross-entropy}, {term: nst, weight: 50}, {term: kd}]
        """
            .replace("FOLDER", folder.resolve("cache").toString())
            .replace("AUGMENTATION", augmentation));
  }

  private CommandRun train(Path config, String... more) {
    Object[] arguments =
        Stream.concat(
                Stream.<Object>of("train", config, "--runs", folder.resolve("runs")),
                Stream.of(more))
            .toArray();
    return kt(arguments);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
      return all.filter(file -> file.toString().endsWith(".knowledge")).sorted().toList();
    }
  }

  @Test
  void what_a_run_has_stored_is_listed_verified_mended_and_cleared() throws IOException {
    Path config = configured("views: 2");
    Path cache = folder.resolve("cache");

    CommandRun first = train(config);
    assertThat(first.err()).isEmpty();
    assertThat(first.exitCode()).isZero();
    assertThat(first.out())
        .contains("cache      folder " + cache + ", precision half")
        .contains(" of 2 views, 2 of 2 blocks to be computed") // 128 pictures, so a block a view
        .containsPattern("cache      256 pictures computed in 0:\\d\\d, \\d+ images/s");
    assertThat(files()).hasSize(2);
    String kd = files().get(0).getFileName().toString();

    CommandRun listed = kt("cache", "list", "--folder", cache);
    assertThat(listed.exitCode()).isZero();
    assertThat(listed.out())
        .containsPattern(kd + " +128 +2 +half +\\d+\\.\\d KiB +20\\d\\d-")
        .contains(
            "  kd (temperature 4.0, standardize false) of resnet-8 from " + folder.resolve("runs"),
            "; shapes train, crop-padding 4, flip; 10 numbers a picture")
        .contains("2 files, ");

    try (RandomAccessFile damaged = new RandomAccessFile(files().get(0).toFile(), "rw")) {
      damaged.seek(damaged.length() - 100);
      damaged.write(damaged.read() ^ 1);
    }
    CommandRun verified = kt("cache", "verify", "--folder", cache);
    assertThat(verified.exitCode()).isEqualTo(1);
    assertThat(verified.out())
        .contains(kd + "  1 damaged and 0 missing of 2 blocks; the next run that needs them")
        .contains("whole, 2 blocks");

    CommandRun mended = train(config, "--overwrite");
    assertThat(mended.exitCode()).isZero();
    assertThat(mended.out()).contains("1 of 2 blocks to be computed, 1 of them damaged");
    assertThat(kt("cache", "verify", "--folder", cache).exitCode()).isZero();

    CommandRun one = kt("cache", "clear", "kd", "--folder", cache);
    assertThat(one.out()).startsWith("removed " + kd);
    assertThat(files()).hasSize(1);
    CommandRun all = kt("cache", "clear", "--all", "--folder", cache);
    assertThat(all.exitCode()).isZero();
    assertThat(files()).isEmpty();
  }

  @Test
  void clearing_needs_to_be_told_what() {
    CommandRun nothing = kt("cache", "clear", "--folder", folder);
    CommandRun unknown = kt("cache", "clear", "nst", "--folder", folder);

    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.err()).contains("name the files to be removed, or --all");
    assertThat(unknown.exitCode()).isEqualTo(2);
    assertThat(unknown.err()).contains("nst: no file of " + folder + " has such a name");
  }

  @Test
  void an_empty_cache_is_no_error() {
    CommandRun listed = kt("cache", "list", "--folder", folder.resolve("none"));

    assertThat(listed.exitCode()).isZero();
    assertThat(listed.out()).contains("0 files, 0.0 KiB in " + folder.resolve("none"));
  }

  @Test
  void fresh_augmentation_with_a_cache_is_bad_input() throws IOException {
    CommandRun run = train(configured("flip: true"));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains("the augmentation draws fresh ones in every epoch")
        .contains("augmentation: {views: 4}");
    assertThat(folder.resolve("cache")).doesNotExist();
  }
}
