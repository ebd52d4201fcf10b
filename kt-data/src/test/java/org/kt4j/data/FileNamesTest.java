package org.kt4j.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.InvalidOptionException;

class FileNamesTest {

  private static final String CAT = "\u732B";
  private static final String DOG = "\u72D7";

  @TempDir Path folder;

  @Test
  void the_character_nul_is_refused_in_the_path_of_every_data_set() {
    List<Consumer<String>> options =
        List.of(
            path -> new CifarOptions(path, 10, 10, 1),
            path -> new IdxOptions(path, 10, 10, 1),
            path -> new ImageFolderOptions(path, 8, 0.5, 0));
    for (Consumer<String> made : options) {
      assertThatThrownBy(() -> made.accept("a\0b"))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessage(
              "path: 'a\\0b' is not allowed; allowed: a folder; it holds a NUL character,"
                  + " which no file's name has; fix: correct the name");
      assertThatThrownBy(() -> made.accept(" "))
          .isInstanceOf(InvalidOptionException.class)
          .hasMessage("path: ' ' is not allowed; allowed: a folder");
    }
  }

  @Test
  void a_name_in_a_file_becomes_a_path_or_an_error_with_its_place() {
    assertThat(FileNames.resolved(folder, "a/b.jpg", "list.txt: line 3"))
        .isEqualTo(folder.resolve("a").resolve("b.jpg"));
    assertThatThrownBy(() -> FileNames.resolved(folder, "a\0.jpg", "list.txt: line 3"))
        .isInstanceOf(DataException.class)
        .hasMessage(
            "list.txt: line 3: 'a\\0.jpg' holds a NUL character, which no file's name has; fix:"
                + " correct the name");
  }

  @Test
  void letters_that_the_encoding_does_not_have_are_told_with_the_remedy() {
    assertThat(FileNames.pathFault("cat", StandardCharsets.US_ASCII)).isEmpty();
    assertThat(FileNames.pathFault(CAT, StandardCharsets.UTF_8)).isEmpty();
    String told =
        "has letters that the encoding of this process, US-ASCII, does not have; fix: set"
            + " LC_ALL=C.UTF-8 before Java starts";
    assertThat(FileNames.pathFault(CAT, StandardCharsets.US_ASCII)).contains(told);
    assertThat(FileNames.pathFault("\uFFFD\uFFFD", StandardCharsets.US_ASCII)).contains(told);
    assertThat(FileNames.pathFault("caf\u00E9", StandardCharsets.ISO_8859_1)).isEmpty();
    assertThat(FileNames.pathFault(CAT, StandardCharsets.ISO_8859_1)).isPresent();
  }

  @Test
  void a_name_that_was_not_decoded_is_refused() {
    assertThatCode(() -> FileNames.decoded("data", Path.of("a", "cat"))).doesNotThrowAnyException();
    assertThat(FileNames.undecoded(StandardCharsets.UTF_8))
        .isEqualTo("has bytes in its name that are not UTF-8; fix: rename it");
  }

  /** Both class folders are called ??? there. */
  @Test
  void two_classes_are_never_both_question_marks() throws IOException, InterruptedException {
    assumeThat(FileNames.encoding()).isEqualTo(StandardCharsets.UTF_8);
    assumeThat(System.getProperty("os.name")).as("where LC_ALL counts").isEqualTo("Linux");
    for (String name : new String[] {CAT, DOG}) {
      Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < 2; i++) {
        BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "png", folder.resolve(name).resolve(i + ".png").toFile());
      }
    }

    assertThat(opened("C")).contains("DataException").contains("fix: set LC_ALL=C.UTF-8");
    assertThat(opened("C.UTF-8")).isEqualTo("2 classes");
  }

  private String opened(String locale) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder builder =
        new ProcessBuilder(
            java.toString(), "-cp", System.getProperty("java.class.path"), Opening.class.getName());
    builder.command().add(folder.toString());
    builder.redirectErrorStream(true);
    builder.environment().putAll(Map.of("LC_ALL", locale, "JAVA_TOOL_OPTIONS", ""));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    List<String> lines = said.lines().toList();
    return lines.get(lines.size() - 1);
  }

  /** Opens a folder. */
  static final class Opening {

    private Opening() {}

    public static void main(String[] arguments) {
      try {
        DataSplits splits =
            new ImageFolderProvider().open(new ImageFolderOptions(arguments[0], 8, 0.5, 0));
        System.out.println(splits.train().classes().size() + " classes");
      } catch (DataException e) {
        System.out.println(e);
      }
    }
  }
}
