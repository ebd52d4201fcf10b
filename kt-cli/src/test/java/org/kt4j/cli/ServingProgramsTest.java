package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.interactions.Actions;

/**
 * What the programs of docs/serving say with ONNX Runtime in Node and in Chromium. {@code .ci/run}
 * fetches their packages; says so and is skipped where they, or Chromium and its driver, are not
 * there.
 */
@Tag("slow")
class ServingProgramsTest {

  private static final String PROGRAM = "classify.mjs";

  /** Kernels differ in single precision; what is printed is rounded to 1e-7. Measured: 1e-7. */
  private static final double SINGLE = 1e-5;

  /** What 8 bits may change in a probability of this student. Measured: 0.011. */
  private static final double EIGHT_BITS = 0.03;

  /** Edges of boxes; the runs of a detector differ by as much. Measured: 1.1e-4. */
  private static final double PIXELS = 1e-3;

  @TempDir private static Path folder;
  private static Path packages;
  private static ServedStudent student;
  private static @Nullable ServedPage page;

  @BeforeAll
  static void prepare() throws IOException {
    packages = ServedStudent.root().resolve("target/serving");
    boolean isThere =
        Files.isDirectory(packages.resolve("node/node_modules/onnxruntime-node"))
            && Files.isDirectory(packages.resolve("browser/node_modules/onnxruntime-web"));
    if (!isThere) {
      System.err.println("NOT RUN: no npm packages in " + packages + "; .ci/run fetches them");
    }
    assumeThat(isThere).as("npm packages in " + packages).isTrue();
    student = ServedStudent.trained(folder);
    Files.copy(
        ServedStudent.root().resolve("docs/serving/node").resolve(PROGRAM),
        packages.resolve("node").resolve(PROGRAM),
        StandardCopyOption.REPLACE_EXISTING);
    if (ServedPage.isPossible()) {
      page =
          ServedPage.start(
              ServedStudent.root().resolve("docs/serving/browser"),
              packages.resolve("browser"),
              student.run(),
              folder);
    } else {
      System.err.println("NOT RUN: no chromium or no chromedriver; the page is not looked at");
    }
  }

  @AfterAll
  static void close() {
    if (page != null) {
      page.close();
    }
  }

  /** Skips the test where there is no browser. */
  private static ServedPage page() {
    assumeThat(page).as("chromium and chromedriver").isNotNull();
    assertThat(page).isNotNull();
    return page;
  }

  /** Exit code, output and errors of the program. */
  private static CommandRun node(List<?> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add("node");
    command.add(packages.resolve("node").resolve(PROGRAM).toString());
    arguments.forEach(each -> command.add(each.toString()));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new CommandRun(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  /** The likeliest classes of each picture. */
  private static Map<Path, Map<String, Double>> inNode(String export, List<Path> pictures)
      throws IOException, InterruptedException {
    List<Path> words = new ArrayList<>(List.of(student.export(export)));
    words.addAll(pictures);
    CommandRun run = node(words);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    Map<Path, Map<String, Double>> answers = new LinkedHashMap<>();
    Map<String, Double> last = Map.of();
    for (String line : run.out().lines().toList()) {
      if (line.startsWith("  ")) {
        int blank = line.lastIndexOf(' ');
        last.put(line.substring(2, blank), Double.parseDouble(line.substring(blank + 1)));
      } else {
        last = new LinkedHashMap<>();
        answers.put(Path.of(line), last);
      }
    }
    assertThat(answers.keySet()).containsExactlyElementsOf(pictures);
    assertThat(answers.values()).allSatisfy(each -> assertThat(each).hasSize(5));
    return answers;
  }

  /** All classes of each picture. */
  private static Map<Path, Map<String, Double>> inBrowser(String export, List<Path> pictures) {
    page().open(export, 1200, "light");
    Map<Path, Map<String, Double>> answers = new LinkedHashMap<>();
    for (Path picture : pictures) {
      page().choose(picture);
      assertThat(page().text("problem")).isEmpty();
      answers.put(picture, page().answer());
    }
    assertThat(answers.values()).allSatisfy(each -> assertThat(each).hasSize(10));
    return answers;
  }

  private static void assertAsTheRun(String export, Map<Path, Map<String, Double>> answers)
      throws IOException {
    double exact = export.equals("export-int8") ? EIGHT_BITS : SINGLE;
    // The Java binding is of another version than the two others.
    Map<Path, Map<String, Double>> inJava = student.inJava(export, student.pictures());
    for (Path picture : student.pictures()) {
      Map<String, Double> answer = of(answers, picture);
      Map<String, Double> ofRun = of(student.answers(), picture);
      assertThat(ServedStudent.distance(answer, of(inJava, picture)))
          .as("%s, from ONNX Runtime in Java", picture)
          .isLessThan(SINGLE);
      assertThat(ServedStudent.distance(answer, ofRun))
          .as("%s, from the run", picture)
          .isLessThan(exact);
      // Two classes may change places that the run itself can hardly tell apart.
      double likeliest = Collections.max(ofRun.values());
      double found = Objects.requireNonNull(ofRun.get(ServedStudent.best(answer)));
      assertThat(found).as("%s: %s", picture, answer).isGreaterThan(likeliest - exact);
    }
  }

  private static Map<String, Double> of(Map<Path, Map<String, Double>> answers, Path picture) {
    return Objects.requireNonNull(answers.get(picture));
  }

  @ParameterizedTest
  @ValueSource(strings = {"export-onnx", "export-int8"})
  void node_says_what_the_run_says(String export) throws Exception {
    assertAsTheRun(export, inNode(export, student.pictures()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"export-onnx", "export-int8"})
  void a_browser_says_what_the_run_says(String export) throws IOException {
    assertAsTheRun(export, inBrowser(export, student.pictures()));
  }

  @Test
  void numbers_of_one_size_are_taken_as_well_and_pictures_of_other_sizes_refused()
      throws Exception {
    student.export("fixed", "--format", "onnx", "--input", "float32", "--fixed-size");
    Path fits = student.pictures().get(0);
    Path large = student.pictures().get(4);
    Map<String, Double> ofRun = of(student.answers(), fits);

    Map<Path, Map<String, Double>> answers = inNode("fixed", List.of(fits));
    CommandRun refused = node(List.of(student.export("fixed"), large));

    assertThat(ServedStudent.distance(of(answers, fits), ofRun)).isLessThan(SINGLE);
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .isEqualToNormalizingNewlines(
            "classify.mjs: "
                + large
                + ": 32 x 32 pixels; the model takes 16 x 16 only; fix: resize the picture, or"
                + " export the model without --fixed-size\n");

    answers = inBrowser("fixed", List.of(fits));
    page().choose(large);

    assertThat(ServedStudent.distance(of(answers, fits), ofRun)).isLessThan(SINGLE);
    assertThat(page().text("problem"))
        .isEqualTo(
            "The picture has 32 × 32 pixels; this model takes 16 × 16 only. Resize the picture, or"
                + " export the model without --fixed-size.");
  }

  /** From a line of the program: score, class, left, top, right, bottom. */
  private static ServedDetector.Found inNode(String line) {
    String[] words = line.trim().split(" ", -1);
    return new ServedDetector.Found(
        words[1],
        Double.parseDouble(words[0]),
        Stream.of(words).skip(2).map(Double::valueOf).toList());
  }

  /** From a row of the page: class, score, top, left, bottom, right. */
  private static ServedDetector.Found inBrowser(String row) {
    String[] words = row.split(" ", -1);
    return new ServedDetector.Found(
        words[0],
        Double.parseDouble(words[1]),
        Stream.of(3, 2, 5, 4).map(at -> Double.valueOf(words[at])).toList());
  }

  @Test
  void both_find_what_a_detector_finds() throws Exception {
    ServedDetector detector = ServedDetector.trained(folder);
    Path picture = student.pictures().get(18);
    for (String export : List.of("export-onnx", "export-int8")) {
      List<ServedDetector.Found> inJava = detector.inJava(export, picture);
      CommandRun run = node(List.of(detector.run().resolve(export), picture));
      assertThat(run.exitCode()).as(run.err()).isZero();
      List<ServedDetector.Found> inNode =
          run.out().lines().skip(1).map(ServingProgramsTest::inNode).toList();

      assertSame(export, inNode, inJava);
      if (export.equals("export-onnx")) {
        assertSame(export, inNode, detector.answer(picture));
      }

      page().open("detector/" + export, 400, "dark");
      page().choose(picture);
      assertThat(page().text("problem")).isEmpty();
      List<ServedDetector.Found> inBrowser =
          page().objects(0).stream().map(ServingProgramsTest::inBrowser).toList();
      assertSame(export, inBrowser, inJava);
      int all = inBrowser.size();
      assertThat(page().text("heading"))
          .isEqualTo(all + " objects of " + all + " above the least score");
      assertThat(page().script("document.querySelectorAll('.box').length")).isEqualTo((long) all);
      assertThat(page().objects(1)).isEmpty();
      assertThat(page().violations())
          .as("what axe finds, see %s", page().photographed("serving-" + export))
          .extracting(rule -> rule.getId() + ": " + rule.getNodes())
          .isEmpty();
    }
  }

  /**
   * In 8 bits one level more or less of a layer's output moves an edge by parts of a pixel and may
   * change what is suppressed.
   */
  private static void assertSame(
      String export, List<ServedDetector.Found> found, List<ServedDetector.Found> expected) {
    boolean bits = export.equals("export-int8");
    assertThat(expected).hasSizeGreaterThan(3);
    assertThat(
            ServedDetector.agreement(
                found, expected, bits ? 2 : PIXELS, bits ? EIGHT_BITS : SINGLE))
        .as("%s: %s instead of %s", export, found, expected)
        .isGreaterThanOrEqualTo(bits ? 0.8 : 1);
  }

  /** A JPEG file that a viewer turns by a quarter, to the right. */
  private static Path turned() throws IOException {
    BufferedImage shape = ImageIO.read(student.pictures().get(17).toFile());
    ByteArrayOutputStream jpeg = new ByteArrayOutputStream();
    assertThat(ImageIO.write(shape, "jpg", jpeg)).isTrue();
    byte[] bytes = jpeg.toByteArray();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(bytes, 0, 2);
    int[] exif = {
      0xFF, 0xE1, 0, 34, 'E', 'x', 'i', 'f', 0, 0, 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0,
      3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0
    };
    for (int each : exif) {
      file.write(each);
    }
    file.write(bytes, 2, bytes.length - 2);
    return Files.write(folder.resolve("turned.jpg"), file.toByteArray());
  }

  @Test
  void a_picture_of_a_phone_is_turned_upright() throws Exception {
    Path picture = turned();
    Path lying = student.pictures().get(17);
    Map<Path, Map<String, Double>> inJava = student.inJava("export-onnx", List.of(picture, lying));
    Map<String, Double> expected = of(inJava, picture);
    assertThat(ServedStudent.distance(of(inJava, lying), expected)).isGreaterThan(1e-3);

    Map<Path, Map<String, Double>> inNode = inNode("export-onnx", List.of(picture));
    Map<Path, Map<String, Double>> inBrowser = inBrowser("export-onnx", List.of(picture));

    // Decoders of JPEG may differ by a level; these do not. Measured: 4e-8.
    assertThat(ServedStudent.distance(of(inNode, picture), expected)).isLessThan(1e-4);
    assertThat(ServedStudent.distance(of(inBrowser, picture), expected)).isLessThan(1e-4);
  }

  @Test
  void the_program_says_what_is_wrong() throws Exception {
    Path picture = student.pictures().get(0);
    Path text = folder.resolve("student.yaml");

    CommandRun nothing = node(List.of());
    CommandRun nowhere = node(List.of(folder.resolve("nowhere"), picture));
    CommandRun broken = node(List.of(broken(), picture));
    CommandRun noPicture = node(List.of(student.export("export-onnx"), text));

    assertThat(List.of(nothing, nowhere, broken, noPicture))
        .allSatisfy(
            run -> {
              assertThat(run.exitCode()).isEqualTo(2);
              assertThat(run.out()).isEmpty();
              assertThat(run.err().lines()).hasSize(1);
            });
    assertThat(nothing.err()).startsWith("usage: node classify.mjs EXPORT PICTURE...");
    assertThat(nowhere.err()).startsWith("classify.mjs: no export: ").contains("synset.txt");
    assertThat(broken.err()).startsWith("classify.mjs: " + broken().resolve("model.onnx") + ": ");
    assertThat(noPicture.err()).startsWith("classify.mjs: " + text + ": ");
  }

  /** An export whose model was cut short. */
  private static Path broken() throws IOException {
    Path to = Files.createDirectories(folder.resolve("broken"));
    Files.copy(
        student.export("export-onnx").resolve("synset.txt"),
        to.resolve("synset.txt"),
        StandardCopyOption.REPLACE_EXISTING);
    byte[] model = Files.readAllBytes(student.export("export-onnx").resolve("model.onnx"));
    Files.write(to.resolve("model.onnx"), Arrays.copyOf(model, model.length / 2));
    return to;
  }

  @Test
  void the_page_says_what_is_wrong() throws IOException {
    page().open("nowhere", 400, "light");
    assertThat(page().text("problem"))
        .isEqualTo(
            "There is no model.onnx beside this page (404). Copy the files of an export there,"
                + " RUN/export-onnx or RUN/export-int8.");

    broken();
    page().open("broken", 400, "light");
    assertThat(page().text("problem")).startsWith("model.onnx cannot be run: ");

    page().open("export-int8", 400, "light");
    page().choose(folder.resolve("student.yaml"));
    assertThat(page().text("problem"))
        .isEqualTo(
            "student.yaml is no picture that this browser can read; JPEG and PNG files are.");
    assertThat(page().violations()).isEmpty();

    page().choose(student.pictures().get(0));
    assertThat(page().text("problem")).isEmpty();
    assertThat(page().answer()).hasSize(10);
    page().console();
  }

  @ParameterizedTest
  @CsvSource({"1200, light", "1200, dark", "400, light", "400, dark"})
  void the_page_is_readable_everywhere_and_by_everybody(int width, String scheme)
      throws IOException {
    page().console();
    page().open("export-onnx", width, scheme);
    page().drop(student.pictures().get(18));

    Path picture = page().photographed("serving-" + width + "-" + scheme);
    assertThat(page().script("document.documentElement.scrollWidth"))
        .as("no sideways scrolling, see %s", picture)
        .isEqualTo((long) width);
    assertThat(page().script("getComputedStyle(document.body).backgroundColor"))
        .isEqualTo(scheme.equals("dark") ? "rgb(20, 23, 26)" : "rgb(252, 252, 250)");
    assertThat(page().violations())
        .as("what axe finds, see %s", picture)
        .extracting(rule -> rule.getId() + ": " + rule.getNodes())
        .isEmpty();
    assertThat(page().console()).isEmpty();
    assertThat(page().text("title")).isEqualTo("resnet-8, trained on shapes");
    assertThat(page().text("model"))
        .matches("model[.]onnx, [0-9.]+ KiB, 10 classes: circle, square, .*, arrow");
    assertThat(page().text("about")).isEqualTo("p18.png, 640 × 480 pixels");
    assertThat(page().text("time"))
        .matches("Answered in [0-9.]+ ms by onnxruntime-web [0-9.]+, WebAssembly[.]");
  }

  @Test
  void nothing_is_asked_of_another_host() {
    page().open("export-onnx", 1200, "light");
    page().choose(student.pictures().get(0));

    assertThat((List<?>) page().script("performance.getEntriesByType('resource').map(e => e.name)"))
        .isNotEmpty()
        .allSatisfy(address -> assertThat(address.toString()).startsWith(page().origin()));
    assertThat(
            page()
                .script(
                    "fetch('http://localhost:' + location.port + '/index.html')"
                        + ".then(() => 'sent', () => 'refused')"))
        .isEqualTo("refused");
    page().console();
  }

  @Test
  void the_keyboard_reaches_the_choice_of_a_file() {
    page().open("export-onnx", 1200, "light");

    new Actions(page().browser()).sendKeys(Keys.TAB).perform();

    assertThat(page().script("document.activeElement.id")).isEqualTo("file");
  }
}
