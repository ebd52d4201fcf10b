package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.kt4j.cli.CommandRun.kt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.classification.export.ExportedClassifier;
import org.kt4j.data.Picture;
import org.kt4j.engine.export.ServingModel;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;

class PredictCommandTest {

  private static final String SHAPES =
      """
      data: {name: shapes, train: 96, held-out: 20, test: 20, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 32
      phases: [{name: alone, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  private static final String DETECTOR =
      """
      data: {name: shapes-detection, train: 8, held-out: 4, test: 4, height: 64, width: 64}
      student:
        network: faster-rcnn
        backbone: {network: imagenet-resnet-10, width: 8}
        height: 64
        width: 64
        anchor-scales: [32]
        rpn-channels: 8
        head-units: 8
        candidates: 20
        proposals: 8
        sampled-regions: 4
      batch-size: 4
      phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
      """;

  private static final int CLASSES = 10;

  @TempDir private static Path folder;
  private static Path run;
  private static Path export;
  private static Path pictures;
  private static Path picture;

  @BeforeAll
  static void train_and_export() throws IOException {
    run = train("shapes", SHAPES);
    export = folder.resolve("export");
    CommandRun exported = kt("export", run, export);
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int i = 0; i < 70; i++) {
      paint(pictures.resolve(String.format(Locale.ROOT, "p%02d.png", i)), i, 0xFFFFFF);
    }
    picture = pictures.resolve("p07.png");
  }

  private static Path train(String name, String yaml) throws IOException {
    Path to = folder.resolve(name);
    CommandRun trained =
        kt("train", Files.writeString(folder.resolve(name + ".yaml"), yaml), "--out", to);
    assertThat(trained.exitCode()).as(trained.err()).isZero();
    return to;
  }

  /** Noise in some colours, of a size that depends on the seed and is never the network's. */
  private static Path paint(Path file, int seed, int colours) throws IOException {
    Random random = new Random(seed);
    int width = 17 + seed % 13;
    int height = 9 + seed % 5;
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, random.nextInt() & colours);
    }
    assertThat(ImageIO.write(image, "png", file.toFile())).isTrue();
    return file;
  }

  private static JsonNode json(CommandRun predicted) throws IOException {
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    assertThat(predicted.err()).isEmpty();
    return new ObjectMapper().readTree(predicted.out());
  }

  private static List<String> names(JsonNode answers) {
    return IntStream.range(0, answers.size())
        .mapToObj(i -> Path.of(answers.get(i).path("picture").asText()).getFileName().toString())
        .toList();
  }

  /** Holds every probability that was told against the library's. */
  private static void assertAsTheLibrary(ExportedClassifier library, JsonNode answer)
      throws IOException {
    Path file = Path.of(answer.path("picture").asText());
    float[] expected = library.probabilities(Picture.read(file).resized(library.shape()), 1);
    JsonNode classes = answer.path("classes");
    assertThat(classes).hasSize(library.classes().size());
    for (JsonNode each : classes) {
      int index = library.classes().indexOf(each.path("class").asText());
      assertThat(each.path("probability").asDouble()).isCloseTo(expected[index], within(1e-5));
    }
  }

  @Test
  void a_run_and_its_export_answer_alike() {
    CommandRun ofRun = kt("predict", run, picture);
    CommandRun ofExport = kt("predict", export, picture);

    assertThat(ofRun.err()).isEmpty();
    assertThat(ofRun.exitCode()).isZero();
    assertThat(ofRun.out())
        .matches(".*p07[.]png: [a-z]+ \\d+[.]\\d\\d %(, [a-z]+ \\d+[.]\\d\\d %){2}\\R")
        .startsWith(picture + ": ");
    assertThat(ofExport.out()).isEqualTo(ofRun.out());
  }

  @Test
  void json_stands_alone_with_all_classes_the_likeliest_first() throws IOException {
    JsonNode answers = json(kt("predict", export, picture, "--json", "--top", "1000"));

    assertThat(answers).hasSize(1);
    assertThat(answers.get(0).fieldNames()).toIterable().containsExactly("picture", "classes");
    assertThat(answers.get(0).path("picture").asText()).isEqualTo(picture.toString());
    JsonNode classes = answers.get(0).path("classes");
    assertThat(classes).hasSize(CLASSES);
    assertThat(classes.get(0).fieldNames()).toIterable().containsExactly("class", "probability");
    List<Double> probabilities = new ArrayList<>();
    classes.forEach(each -> probabilities.add(each.path("probability").asDouble()));
    assertThat(probabilities.stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-5));
    assertThat(probabilities).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void top_says_how_many_classes_are_told() {
    CommandRun one = kt("predict", export, picture, "--top", "1");
    CommandRun none = kt("predict", export, picture, "--top", "0");

    assertThat(one.exitCode()).isZero();
    assertThat(one.out()).matches(".*p07[.]png: [a-z]+ \\d+[.]\\d\\d %\\R");
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).isEqualTo("kt: --top: 0 is not allowed; allowed: 1 or more\n");
  }

  @Test
  void more_pictures_than_a_batch_keep_their_order_and_their_answers() throws IOException {
    JsonNode answers = json(kt("predict", export, pictures, "--json", "--top", "10"));

    assertThat(names(answers)).hasSize(70).isSorted().startsWith("p00.png").endsWith("p69.png");
    try (ExportedClassifier library = ExportedClassifier.open(export)) {
      for (int i : new int[] {0, 1, 63, 64, 69}) {
        assertAsTheLibrary(library, answers.get(i));
      }
    }
  }

  @Test
  void files_patterns_and_folders_are_answered_in_the_order_they_are_named() throws IOException {
    Path odd = Files.createDirectories(folder.resolve("odd"));
    Path brackets = paint(odd.resolve("x[1].png"), 3, 0xFFFFFF);

    JsonNode answers =
        json(kt("predict", export, brackets, pictures + "/p6[89].png", odd, picture, "--json"));

    assertThat(names(answers))
        .containsExactly("x[1].png", "p68.png", "p69.png", "x[1].png", "p07.png");
  }

  @Test
  void several_pictures_end_with_the_throughput_and_one_does_not() {
    CommandRun several = kt("predict", export, picture, pictures.resolve("p08.png"));
    CommandRun one = kt("predict", export, picture);

    assertThat(several.out().lines()).hasSize(3);
    assertThat(several.out())
        .containsPattern("\\n2 pictures, [0-9.]+ images/s; the network alone [0-9.]+\\R$");
    assertThat(one.out()).doesNotContain("images/s");
  }

  @Test
  void a_file_that_is_no_picture_is_told_and_the_others_are_answered() throws IOException {
    Path text = Files.writeString(folder.resolve("text.png"), "no picture");
    String told = "kt: " + text + ": cannot be read (neither JPEG nor PNG); passed over\n";

    CommandRun mixed = kt("predict", export, text, picture, "--json");
    CommandRun alone = kt("predict", export, text);

    assertThat(mixed.exitCode()).isEqualTo(1);
    assertThat(mixed.err()).isEqualTo(told);
    assertThat(names(new ObjectMapper().readTree(mixed.out()))).containsExactly("p07.png");
    assertThat(alone.exitCode()).isEqualTo(1);
    assertThat(alone.err()).isEqualTo(told);
    assertThat(alone.out()).isEmpty();
  }

  @Test
  void pictures_of_an_image_folder_are_answered_as_training_saw_them() throws IOException {
    Path data = folder.resolve("colours");
    for (int i = 0; i < 24; i++) {
      String name = i + ".png";
      paint(Files.createDirectories(data.resolve("blue")).resolve(name), i, 0x0000FF);
      paint(Files.createDirectories(data.resolve("red")).resolve(name), i, 0xFF0000);
    }
    Path colours =
        train(
            "colours-run",
            """
            data: {name: image-folder, path: '%s', size: 16}
            student: {network: resnet-8, width: 4}
            batch-size: 8
            phases: [{name: alone, epochs: 6, objective: [{term: cross-entropy}]}]
            """
                .formatted(data));

    JsonNode answers = json(kt("predict", colours, data + "/**.png", "--json", "--top", "1"));

    assertThat(answers).hasSize(48);
    for (JsonNode answer : answers) {
      Path file = Path.of(answer.path("picture").asText());
      assertThat(answer.path("classes").get(0).path("class").asText())
          .as(file.toString())
          .isEqualTo(data.relativize(file).getName(0).toString());
    }
  }

  @Test
  void a_network_for_grey_pictures_is_given_the_luma_of_coloured_ones() throws IOException {
    Path data = Files.createDirectories(folder.resolve("mnist"));
    writeIdx(data, "train", 60);
    writeIdx(data, "t10k", 20);
    Path grey =
        train(
            "grey-run",
            SHAPES.replaceFirst(
                "data: .*",
                "data: {name: mnist, path: '" + data + "', train: 60, held-out: 20, test: 20}"));
    Path to = grey.resolve("export");
    assertThat(kt("export", grey).exitCode()).isZero();

    JsonNode answers = json(kt("predict", grey, picture, "--json", "--top", "10"));

    try (ExportedClassifier library = ExportedClassifier.open(to)) {
      assertThat(library.shape().channels()).isOne();
      assertAsTheLibrary(library, answers.get(0));
    }
  }

  @Test
  void a_run_whose_data_is_gone_is_exported_all_the_same() throws IOException {
    Path data = Files.createDirectories(folder.resolve("gone"));
    for (String name : List.of("blue/0", "blue/1", "blue/2", "red/0", "red/1", "red/2")) {
      Files.createDirectories(data.resolve(name.replaceFirst("/.*", "")));
      paint(data.resolve(name + ".png"), 1, 0xFFFFFF);
    }
    Path homeless =
        train(
            "homeless",
            SHAPES
                .replace("batch-size: 32", "batch-size: 2")
                .replaceFirst(
                    "data: .*", "data: {name: image-folder, path: '" + data + "', size: 16}"));
    Files.move(data, folder.resolve("elsewhere-now"));

    CommandRun exported = kt("export", homeless);
    CommandRun predicted = kt("predict", homeless, picture);

    assertThat(exported.exitCode()).as(exported.err()).isZero();
    assertThat(exported.out())
        .contains("verified  64 pictures (random pictures)")
        .contains("\n          compared on noise, for the data is not there: ");
    assertThat(predicted.exitCode()).as(predicted.err()).isZero();
    assertThat(kt("predict", homeless.resolve("export"), picture).out()).isEqualTo(predicted.out());
  }

  /** Noise with labels, as the files of MNIST hold them. */
  private static void writeIdx(Path data, String name, int count) throws IOException {
    ByteArrayOutputStream images = new ByteArrayOutputStream();
    ByteArrayOutputStream labels = new ByteArrayOutputStream();
    try (DataOutputStream head = new DataOutputStream(images)) {
      for (int number : new int[] {0x803, count, 28, 28}) {
        head.writeInt(number);
      }
      byte[] pixels = new byte[count * 28 * 28];
      new Random(1).nextBytes(pixels);
      head.write(pixels);
    }
    try (DataOutputStream head = new DataOutputStream(labels)) {
      head.writeInt(0x801);
      head.writeInt(count);
      for (int i = 0; i < count; i++) {
        head.writeByte(i % CLASSES);
      }
    }
    Files.write(data.resolve(name + "-images-idx3-ubyte"), images.toByteArray());
    Files.write(data.resolve(name + "-labels-idx1-ubyte"), labels.toByteArray());
  }

  @Test
  void a_detector_is_referred_to_the_command_for_it() throws IOException {
    Path detector = train("detector", DETECTOR);
    Path exported = folder.resolve("detector-export");
    assertThat(kt("export", detector, exported).exitCode()).isZero();

    CommandRun ofRun = kt("predict", detector, picture);
    CommandRun ofExport = kt("predict", exported, picture);

    assertThat(ofRun.exitCode()).isEqualTo(2);
    assertThat(ofRun.err())
        .isEqualTo(
            "kt: " + detector + ": is the run of a detector; fix: kt detect " + detector + "\n");
    assertThat(ofExport.exitCode()).isEqualTo(2);
    assertThat(ofExport.err())
        .contains(
            "is no classifier that kt4j has exported",
            "it has: serving_default from image (uint8 [any, any, 3]) to boxes (float [any, 4]),"
                + " labels (int32 [any]), scores (float [any])");
  }

  @Test
  void a_saved_model_from_elsewhere_is_refused_with_what_it_has() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    new ServingModel(GraphDef.getDefaultInstance())
        .signature(
            "embed",
            List.of(new ServingModel.Port("x", "x", DataType.DT_FLOAT, List.of(-1L, 8L))),
            List.of(new ServingModel.Port("y", "y", DataType.DT_FLOAT, List.of(-1L, 2L))))
        .write(elsewhere);

    CommandRun refused = kt("predict", elsewhere, picture);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .contains(
            elsewhere.toString(), "it has: embed from x (float [any, 8]) to y (float [any, 2])");
  }

  @Test
  void an_export_has_one_checkpoint_and_a_run_two() {
    CommandRun last = kt("predict", run, picture, "--checkpoint", "last");
    CommandRun ofExport = kt("predict", export, picture, "--checkpoint", "last");

    assertThat(last.exitCode()).as(last.err()).isZero();
    assertThat(ofExport.exitCode()).isEqualTo(2);
    assertThat(ofExport.err())
        .isEqualTo("kt: --checkpoint: goes with a run, " + export + " is an export\n");
  }

  @Test
  void a_run_that_has_only_begun_says_so() throws IOException {
    Path begun = Files.createDirectories(folder.resolve("begun"));
    Files.copy(run.resolve("config.yaml"), begun.resolve("config.yaml"));

    CommandRun predicted = kt("predict", begun, picture);

    assertThat(predicted.exitCode()).isEqualTo(1);
    assertThat(predicted.err()).contains(begun + ": this run has finished no epoch yet");
  }

  @Test
  void what_is_not_there_is_bad_input() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));

    assertMistake(
        "nowhere: there is no such folder; allowed: the folder of a run or of an export",
        folder.resolve("nowhere"),
        picture,
        "--checkpoint",
        "last");
    assertMistake(
        "holds no run (no config.yaml) and no export (no saved_model.pb)", empty, picture);
    assertMistake("saved_model.pb: is no folder; allowed: ", export + "/saved_model.pb", picture);
    assertMistake("none.png: there is no such file", export, folder.resolve("none.png"));
    assertMistake("empty: holds no .jpg, .jpeg or .png file", export, empty);
    assertMistake("*.gif: fits no .jpg, .jpeg or .png file", export, pictures + "/*.gif");
    assertMistake("Missing required parameter: 'IMAGE'", export);
  }

  private static void assertMistake(String message, Object... arguments) {
    List<Object> words = new ArrayList<>(List.of("predict"));
    words.addAll(List.of(arguments));

    CommandRun predicted = kt(words.toArray());

    assertThat(predicted.exitCode()).isEqualTo(2);
    assertThat(predicted.out()).isEmpty();
    assertThat(predicted.err()).startsWith("kt: ").contains(message);
  }

  @Test
  void the_help_lists_the_command_and_its_options() {
    assertThat(kt("--help").out()).containsPattern("\\n +predict +Say what pictures show");

    CommandRun help = kt("predict", "--help");

    assertThat(help.exitCode()).isZero();
    assertThat(help.out())
        .startsWith("Usage: kt predict")
        .contains("RUN|EXPORT IMAGE...", "--top=K", "--json", "--checkpoint=WHICH", "photos/**");
  }
}
