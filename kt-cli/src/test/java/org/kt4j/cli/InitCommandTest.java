package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.answered;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class InitCommandTest {

  @TempDir private Path folder;

  @TempDir private Path elsewhere;

  /** Pictures of noise around a colour that tells the class. */
  private Path pictures(int each) throws IOException {
    Path pictures = folder.resolve("My Pictures");
    Random random = new Random(1);
    for (Color colour : List.of(Color.RED, Color.BLUE)) {
      Path kind =
          Files.createDirectories(pictures.resolve(colour.equals(Color.RED) ? "red" : "blue"));
      for (int i = 0; i < each; i++) {
        int width = 32 + random.nextInt(20);
        BufferedImage image = new BufferedImage(width, 34, BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < 34; y++) {
          for (int x = 0; x < width; x++) {
            image.setRGB(x, y, colour.getRGB() ^ random.nextInt(0x3F3F3F));
          }
        }
        assertThat(ImageIO.write(image, "png", kind.resolve(i + ".png").toFile())).isTrue();
      }
    }
    return pictures;
  }

  private List<String> names(Path place) throws IOException {
    try (Stream<Path> files = Files.list(place)) {
      return files.map(each -> each.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  @Tag("slow")
  void what_is_written_for_a_folder_of_pictures_is_compared_as_it_is() throws IOException {
    Path pictures = pictures(20);
    Path out = folder.resolve("configs/mine");

    CommandRun run = answered("\nsoon\n1\n1\n", "init", pictures, "--out", out);

    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .contains(
            "Height and width of the pictures, in pixels [32]: ",
            "Minutes that the comparison may take [60]: 'soon' is not allowed; allowed: a whole"
                + " number from 1 to 100000",
            "Trainings of each student, with other seeds [3]: ",
            "found      image-folder: 29 pictures to learn from, 3 held out, 8 to test with",
            "2 classes: blue 20, red 20",
            "chosen     pictures of 32x32: ",
            "measured   steps of 8: teacher ",
            "next: kt compare " + out.resolve("suite.yaml"));
    assertThat(names(out))
        .containsExactly("kd-nst.yaml", "student-alone.yaml", "suite.yaml", "teacher.yaml");
    assertThat(Files.readString(out.resolve("teacher.yaml")))
        .contains("data: {name: image-folder, path: \"" + pictures + "\", size: 32}");

    CommandRun compared =
        kt(
            "compare",
            out.resolve("suite.yaml"),
            "--runs",
            folder.resolve("runs"),
            "--set",
            "cache.folder=" + folder.resolve("cache"));

    assertThat(compared.exitCode()).as(compared.err()).isZero();
    assertThat(compared.out()).contains("student alone", "KD + NST");

    CommandRun again = kt("init", pictures, "--out", out, "--yes");
    assertThat(again.exitCode()).isEqualTo(2);
    assertThat(again.err())
        .contains("there is kd-nst.yaml, student-alone.yaml, suite.yaml, teacher.yaml already");
  }

  @Test
  void a_folder_without_data_is_refused_with_what_was_looked_for() throws IOException {
    Files.writeString(folder.resolve("notes.txt"), "nothing");

    CommandRun run = kt("init", folder, "--out", elsewhere.resolve("out"), "--yes");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .contains(
            folder + " holds no data that is known; looked for:",
            "\n  image-folder: CLASS/*.jpg, *.jpeg or *.png for two classes or more",
            "\n  voc: Annotations/*.xml, JPEGImages/*.jpg and ImageSets/Main/train.txt",
            "\n  cifar-10: data_batch_1.bin",
            "fix: name the folder that holds the pictures");
    assertThat(names(folder)).containsExactly("notes.txt");
  }

  @Test
  void a_folder_with_a_folder_of_data_names_it() throws IOException {
    Path pictures = pictures(3);

    CommandRun run = kt("init", folder, "--out", elsewhere.resolve("out"), "--yes");
    CommandRun missing = kt("init", folder.resolve("absent"), "--yes");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("fix: name a folder in it that holds data: " + pictures);
    assertThat(missing.err()).contains("absent is not there; allowed: a folder with pictures");
  }

  @Test
  void nothing_is_written_among_the_pictures() throws IOException {
    Path pictures = pictures(3);

    CommandRun run = kt("init", pictures, "--out", pictures.resolve("configs"), "--yes");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("configurations and runs would be written among the pictures");
    assertThat(names(pictures)).containsExactly("blue", "red");
  }

  @Test
  void options_out_of_their_range_are_refused() {
    assertThat(kt("init", folder, "--minutes", 0).err())
        .contains("--minutes: 0 is not allowed; allowed: 1 to 100000");
    assertThat(kt("init", folder, "--teacher", folder.resolve("none.onnx")).exitCode())
        .isEqualTo(2);
  }
}
