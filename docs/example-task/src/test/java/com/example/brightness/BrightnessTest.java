package com.example.brightness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.cli.Kt;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.RunResult;

/** The task through the command, as its users have it: no line of kt4j knows it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BrightnessTest {

  private static final String EXPERIMENT =
      """
      task: brightness
      data: {name: shapes, train: 400, test: 40, held-out: 40, size: 16}
      %s
      augmentation: {crop-padding: 0, flip: true}
      phases: [{name: learn, epochs: %d, objective: [{term: squared-error}%s]}]
      batch-size: 40
      optimizer: {name: adam, learning-rate: 0.003}
      """;

  @TempDir private static Path folder;

  private Path run;

  @BeforeAll
  void a_student_learns_from_a_teacher() throws IOException {
    Files.writeString(
        folder.resolve("teacher.yaml"),
        String.format(Locale.ROOT, EXPERIMENT, "student: {network: resnet-8}", 4, ""));
    Files.writeString(
        folder.resolve("alone.yaml"),
        String.format(Locale.ROOT, EXPERIMENT, "student: {network: resnet-8, width: 4}", 3, ""));
    Files.writeString(
        folder.resolve("nst.yaml"),
        String.format(
            Locale.ROOT,
            EXPERIMENT,
            "teacher: {config: teacher.yaml}\nbaseline: {config: alone.yaml}\n"
                + "student: {network: resnet-8, width: 4}",
            3,
            ", {term: nst, weight: 1, layers: {stage3: stage3}}"));
    run = folder.resolve("run");

    String told = kt("train", "nst.yaml", "--out", run.toString());

    assertThat(told).contains("test RMSE, last epoch", "student with nst");
  }

  private static String kt(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i].endsWith(".yaml")) {
        arguments[i] = folder.resolve(arguments[i]).toString();
      }
    }
    int code;
    try (PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      code = Kt.run(print, print, withRuns(arguments));
    }
    String text = out.toString(StandardCharsets.UTF_8);
    assertThat(code).as(text).isZero();
    return text;
  }

  private static String[] withRuns(String... arguments) {
    boolean trains = List.of("train", "evaluate", "export", "visualize").contains(arguments[0]);
    boolean ofRun = arguments[0].equals("evaluate") && !arguments[1].endsWith(".yaml");
    if (!trains || ofRun) {
      return arguments;
    }
    String[] all = Arrays.copyOf(arguments, arguments.length + 2);
    all[arguments.length] = "--runs";
    all[arguments.length + 1] = folder.resolve("runs").toString();
    return all;
  }

  @Test
  void the_best_epoch_is_the_one_with_the_smallest_error() {
    RunResult result = RunFolder.result(run).orElseThrow();

    double smallest =
        RunFolder.metrics(run).stream().mapToDouble(epoch -> epoch.heldOutScore()).min().orElse(0);
    assertThat(result.heldOutBest()).isEqualTo(smallest);
    assertThat(result.metric()).isEqualTo(BrightnessTask.RMSE);
    assertThat(result.teacherTest()).isPositive();
  }

  @Test
  void students_and_teachers_are_evaluated() {
    String test = RunFolder.result(run).map(r -> BrightnessTask.RMSE.text(r.testLast())).orElse("");

    assertThat(kt("evaluate", run.toString(), "--checkpoint", "last")).contains("RMSE", test);
    assertThat(kt("evaluate", "nst.yaml", "--teacher"))
        .contains("network        teacher, resnet-8");
  }

  @Test
  void an_export_answers_what_the_run_answers() throws IOException {
    Path picture = folder.resolve("grey.png");
    BufferedImage image = new BufferedImage(20, 30, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(120, 120, 120));
    graphics.fillRect(0, 0, 20, 30);
    graphics.dispose();
    ImageIO.write(image, "png", picture.toFile());

    String exported = kt("export", run.toString(), folder.resolve("model").toString());
    String ofRun = kt("predict", run.toString(), picture.toString());
    String ofExport = kt("predict", folder.resolve("model").toString(), picture.toString());
    kt("predict", run.toString(), picture.toString(), "--draw", folder.resolve("drawn").toString());

    assertThat(exported).contains("verified");
    assertThat(number(ofExport)).isCloseTo(number(ofRun), within(0.002)); // three digits are told
    assertThat(folder.resolve("drawn/grey.png")).isNotEmptyFile();
  }

  private static double number(String told) {
    return Double.parseDouble(told.replaceAll("(?s).*brightness (-?[0-9.]+).*", "$1"));
  }

  @Test
  void reports_and_figures_show_it() throws IOException {
    Path alone = folder.resolve("runs").resolve(folder.getFileName()).resolve("alone/seed-1");

    String compared =
        kt("report", alone.toString(), run.toString(), "--out", folder.resolve("r").toString());
    kt("report", run.toString(), "--out", folder.resolve("one").toString());
    kt("visualize", run.toString(), "--pictures", "20", "--out", folder.resolve("f").toString());

    assertThat(compared).contains("test RMSE, last epoch");
    assertThat(Files.readString(folder.resolve("one/report.html")))
        .contains("RMSE", "root of the mean squared error");
    assertThat(folder.resolve("f/figures.html")).isNotEmptyFile();
  }
}
