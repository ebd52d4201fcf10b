package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kt4j.data.Picture;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;

/**
 * What docs/serving/Predict.java says in a process that has DJL and nothing of ours: as it is
 * started by hand, and again and again in one process for each format, for each that starts takes
 * seconds.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LoadedByDjlTest {

  private static final List<String> NOT_THERE =
      List.of("kt4j", "guice", "jackson", "junit", "assertj", "tribuo", "logback", "snakeyaml");

  /** A file format and what does not run it. */
  private enum Format {
    SAVED_MODEL("saved-model"),
    ONNX("onnx");

    private final String name;

    Format(String name) {
      this.name = name;
    }

    List<String> others() {
      return this == ONNX ? List.of("tensorflow", "bytedeco", "protobuf") : List.of("onnxruntime");
    }
  }

  private static final String PROGRAM = "docs/serving/Predict.java";

  /** Calls the program with the words of each line, which tabulators part, until there is none. */
  private static final String AGAIN_AND_AGAIN =
      """
      public class Again {
        public static void main(String[] none) throws Exception {
          var lines = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Predict.main(line.split("\\t"));
            System.out.println("END");
          }
        }
      }
      """;

  @TempDir private static Path shared;

  private static final Map<Format, Process> PROCESSES = new EnumMap<>(Format.class);

  @TempDir private Path folder;

  @AfterAll
  static void end() throws InterruptedException {
    for (Process process : PROCESSES.values()) {
      process.destroyForcibly().waitFor();
    }
  }

  private static Path root() {
    Path root = Path.of(System.getProperty("user.dir")).toAbsolutePath();
    while (!Files.exists(root.resolve(PROGRAM))) {
      root = root.getParent();
      assertThat(root).as("a folder with " + PROGRAM).isNotNull();
    }
    return root;
  }

  private static String jars(Format format) {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(each -> each.endsWith(".jar"))
        .filter(each -> NOT_THERE.stream().noneMatch(word -> nameOf(each).contains(word)))
        .filter(each -> format.others().stream().noneMatch(word -> nameOf(each).contains(word)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String nameOf(String jar) {
    return String.valueOf(Path.of(jar).getFileName()) + jar.replace('/', '.');
  }

  private static List<String> java(Format format, String... classPath) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true", "-cp"));
    command.add(String.join(File.pathSeparator, classPath) + jars(format));
    return command;
  }

  private static Process started(Format format) throws IOException {
    Path classes = Files.createDirectory(shared.resolve(format.name));
    Path again = Files.writeString(classes.resolve("Again.java"), AGAIN_AND_AGAIN);
    int compiled =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                jars(format),
                root().resolve(PROGRAM).toString(),
                again.toString());
    assertThat(compiled).isZero();
    List<String> command = java(format, classes.toString(), "");
    command.add("Again");
    return new ProcessBuilder(command)
        .redirectError(shared.resolve(format.name + ".err").toFile())
        .start();
  }

  /** In the process of its format. */
  private static List<String> predicted(Format format, Path export, Path... pictures)
      throws IOException {
    Process process = PROCESSES.get(format);
    if (process == null) {
      process = started(format);
      PROCESSES.put(format, process);
    }
    String words =
        Stream.concat(Stream.of(export), Stream.of(pictures))
            .map(Path::toString)
            .collect(Collectors.joining("\t"));
    // Not closed: the process goes on.
    BufferedWriter in = process.outputWriter(StandardCharsets.UTF_8);
    in.write(words + "\n");
    in.flush();
    BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
    List<String> lines = new ArrayList<>();
    for (String line = out.readLine(); !"END".equals(line); line = out.readLine()) {
      assertThat(line).as(Files.readString(shared.resolve(format.name + ".err"))).isNotNull();
      lines.add(line);
    }
    return lines;
  }

  /** In a process of its own. */
  private List<String> predictedAlone(Format format, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = java(format);
    command.add(root().resolve(PROGRAM).toString());
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).as(Files.readString(err)).isZero();
    return Files.readAllLines(out);
  }

  private Path picture(String format, boolean grey) throws IOException {
    int type = grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB;
    BufferedImage image = new BufferedImage(37, 23, type);
    Random random = new Random(5);
    for (int y = 0; y < 23; y++) {
      for (int x = 0; x < 37; x++) {
        // Smooth, so that JPEG keeps it, with a little noise.
        int red = 6 * x + random.nextInt(30);
        int green = 9 * y + random.nextInt(30);
        image.setRGB(x, y, red << 16 | green << 8 | (255 - 3 * (x + y)));
      }
    }
    Path file = folder.resolve("picture." + format);
    assertThat(ImageIO.write(image, format, file.toFile())).isTrue();
    return file;
  }

  private Path exported(int channels, ExportOptions options) throws IOException {
    Path export = Files.createDirectory(folder.resolve("export"));
    byte[] noise = Classifiers.noise(16 * 16 * channels, 7);
    ClassifierExport.of(Classifiers.small(channels), options)
        .write(
            new ExportDetails(
                Map.of(),
                new ExportDetails.CalibrationPictures(
                    20, "", i -> new ExportDetails.Input(noise, new long[] {1, 16, 16, channels}))),
            export);
    return export;
  }

  /** By class, of a picture at its own size. */
  private static Map<String, Double> expected(Path export, Path picture) throws IOException {
    Picture read = Picture.read(picture);
    try (ExportedClassifier classifier = ExportedClassifier.open(export)) {
      byte[] pixels = read.pixels();
      if (classifier.shape().channels() == 1) {
        byte[] grey = new byte[pixels.length / 3];
        for (int i = 0; i < grey.length; i++) {
          grey[i] = pixels[3 * i];
        }
        pixels = grey;
      }
      float[] probabilities =
          classifier.output("probabilities", pixels, 1, read.height(), read.width());
      Map<String, Double> byClass = new LinkedHashMap<>();
      for (int k = 0; k < probabilities.length; k++) {
        byClass.put(classifier.classes().get(k), (double) probabilities[k]);
      }
      return byClass;
    }
  }

  @ParameterizedTest
  @CsvSource({
    "SAVED_MODEL, 3, UINT8, SINGLE, false, jpg, false",
    "SAVED_MODEL, 3, FLOAT32, SINGLE, false, png, true",
    "SAVED_MODEL, 1, UINT8, SINGLE, false, png, true",
    "ONNX, 3, UINT8, SINGLE, false, jpg, false",
    "ONNX, 3, FLOAT32, SINGLE, false, png, true",
    "ONNX, 1, UINT8, SINGLE, false, png, true",
    "ONNX, 3, UINT8, HALF, false, png, false",
    "ONNX, 3, UINT8, SINGLE, true, png, false",
    "ONNX, 3, FLOAT32, SINGLE, true, png, false",
  })
  void djl_alone_says_what_the_export_says(
      Format format,
      int channels,
      ExportOptions.Input input,
      Precision precision,
      boolean int8,
      String type,
      boolean grey)
      throws Exception {
    ExportOptions options =
        ExportOptions.defaults().format(format.name).input(input).precision(precision);
    Path export =
        exported(channels, int8 ? options.int8(new Int8Options(20, 1, 100, 8, false, 1)) : options);
    Path picture = picture(type, grey);
    Map<String, Double> expected = expected(export, picture);

    List<String> lines = predicted(format, export, picture, picture);

    // All five, the likeliest first, of both pictures of the batch.
    assertThat(lines).hasSize(10);
    assertThat(lines.subList(5, 10)).isEqualTo(lines.subList(0, 5));
    assertAnswers(lines.subList(0, 5), expected);
  }

  private static void assertAnswers(List<String> lines, Map<String, Double> expected) {
    List<Double> order = new ArrayList<>();
    for (String line : lines) {
      int blank = line.lastIndexOf(' ');
      double probability = Double.parseDouble(line.substring(blank + 1));
      assertThat(probability)
          .as(line)
          .isCloseTo(expected.getOrDefault(line.substring(0, blank), -1.0), within(1e-4));
      order.add(-probability);
    }
    assertThat(order).isSorted();
    assertThat(lines)
        .extracting(line -> line.substring(0, line.lastIndexOf(' ')))
        .containsExactlyInAnyOrderElementsOf(expected.keySet());
  }

  @ParameterizedTest
  @EnumSource
  void the_bytes_of_a_request_are_answered_in_json(Format format) throws Exception {
    Path export = exported(3, ExportOptions.defaults().format(format.name));
    Path picture = picture("jpg", false);
    Map<String, Double> expected = expected(export, picture);

    List<String> lines = predictedAlone(format, "--input", export.toString(), picture.toString());

    JsonNode answer = new ObjectMapper().readTree(String.join("\n", lines));
    assertThat(answer).hasSize(5);
    for (JsonNode each : answer) {
      String name = each.get("className").asText();
      assertThat(each.get("probability").asDouble())
          .isCloseTo(expected.getOrDefault(name, -1.0), within(1e-4));
    }
    String best =
        expected.entrySet().stream()
            .max(Map.Entry.comparingByValue())
            .map(Map.Entry::getKey)
            .orElseThrow();
    assertThat(answer.get(0).get("className").asText()).isEqualTo(best);
  }
}
