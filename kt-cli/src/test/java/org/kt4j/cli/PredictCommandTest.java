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
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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

  private static final int CLASSES = 10;

  @TempDir private static Path folder;
  private static Path run;
  private static Path export;
  private static Path detector;
  private static Path pictures;
  private static Path picture;
  private static Path scene;

  @BeforeAll
  static void train_and_export() throws IOException {
    run = train("shapes", SmallExperiments.CLASSIFIER);
    export = folder.resolve("export");
    CommandRun exported = kt("export", run, export);
    assertThat(exported.exitCode()).as(exported.err()).isZero();
    detector = train("detector", SmallExperiments.DETECTOR);
    pictures = Files.createDirectories(folder.resolve("pictures"));
    for (int i = 0; i < 70; i++) {
      paint(pictures.resolve(String.format(Locale.ROOT, "p%02d.png", i)), i, 0xFFFFFF);
    }
    picture = pictures.resolve("p07.png");
    scene = paint(folder.resolve("scene.png"), new Random(1), 150, 80, 0xFFFFFF);
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
    return paint(file, new Random(seed), 17 + seed % 13, 9 + seed % 5, colours);
  }

  private static Path paint(Path file, Random random, int width, int height, int colours)
      throws IOException {
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

    assertThat(mixed.exitCode()).isEqualTo(2);
    assertThat(mixed.err()).isEqualTo(told);
    assertThat(names(new ObjectMapper().readTree(mixed.out()))).containsExactly("p07.png");
    assertThat(alone.exitCode()).isEqualTo(2);
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
            SmallExperiments.CLASSIFIER.replaceFirst(
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
            SmallExperiments.CLASSIFIER
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
  void a_detector_tells_objects_with_their_boxes() {
    CommandRun found = kt("predict", detector, scene, "--threshold", "0.01", "--top", "2");

    assertThat(found.err()).isEmpty();
    assertThat(found.exitCode()).isZero();
    assertThat(found.out())
        .startsWith(scene + System.lineSeparator())
        .containsPattern(
            "(\\R  (triangle|cross|ring|heart) +\\d+[.]\\d %  x \\d+ to \\d+, y \\d+ to \\d+){2}\\R$");
  }

  @Test
  void json_of_a_detector_holds_boxes_within_the_picture() throws IOException {
    JsonNode answers = json(kt("predict", detector, scene, "--threshold", "0", "--json"));

    assertThat(answers).hasSize(1);
    JsonNode answer = answers.get(0);
    assertThat(answer.fieldNames())
        .toIterable()
        .containsExactly("picture", "width", "height", "objects");
    assertThat(answer.path("width").asInt()).isEqualTo(150);
    assertThat(answer.path("height").asInt()).isEqualTo(80);
    assertThat(answer.path("objects")).isNotEmpty();
    for (JsonNode object : answer.path("objects")) {
      assertThat(object.path("class").asText()).isIn("triangle", "cross", "ring", "heart");
      assertThat(object.path("score").asDouble()).isBetween(0.01, 1.0);
      assertThat(object.path("x-min").asDouble()).isBetween(0.0, object.path("x-max").asDouble());
      assertThat(object.path("y-min").asDouble()).isBetween(0.0, object.path("y-max").asDouble());
      assertThat(object.path("x-max").asDouble()).isLessThanOrEqualTo(150.01);
      assertThat(object.path("y-max").asDouble()).isLessThanOrEqualTo(80.01);
    }
    assertThat(scores(answer)).isSortedAccordingTo((a, b) -> Double.compare(b, a));
  }

  @Test
  void objects_below_the_threshold_are_left_out() throws IOException {
    List<Double> all =
        scores(json(kt("predict", detector, scene, "--json", "--threshold", "0")).get(0));
    double middle = all.get(all.size() / 2);

    JsonNode some = json(kt("predict", detector, scene, "--json", "--threshold", middle));
    CommandRun none = kt("predict", detector, scene, "--threshold", "1");

    assertThat(scores(some.get(0)))
        .isNotEmpty()
        .isEqualTo(all.stream().filter(score -> score >= middle).toList());
    assertThat(none.out()).isEqualTo(scene + ": nothing" + System.lineSeparator());
  }

  @Test
  void classes_below_the_threshold_are_left_out() throws IOException {
    JsonNode all = json(kt("predict", export, picture, "--json", "--top", "10")).get(0);
    double second = all.path("classes").get(1).path("probability").asDouble();

    JsonNode some =
        json(kt("predict", export, picture, "--json", "--top", "10", "--threshold", second)).get(0);

    assertThat(some.path("classes")).hasSize(2);
    assertThat(some.path("classes").get(1)).isEqualTo(all.path("classes").get(1));
  }

  @Test
  void a_detectors_run_and_its_export_answer_alike() throws IOException {
    Path exported = folder.resolve("detector-export");
    assertThat(kt("export", detector, exported).exitCode()).isZero();

    JsonNode ofRun = json(kt("predict", detector, scene, "--json", "--threshold", "0"));
    JsonNode ofExport = json(kt("predict", exported, scene, "--json", "--threshold", "0"));

    JsonNode expected = ofRun.get(0).path("objects");
    JsonNode objects = ofExport.get(0).path("objects");
    assertThat(objects).isNotEmpty().hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(objects.get(i).path("class")).isEqualTo(expected.get(i).path("class"));
      // What kt export allows two detectors to differ by.
      assertThat(objects.get(i).path("score").asDouble())
          .isCloseTo(expected.get(i).path("score").asDouble(), within(1e-4));
      for (String side : List.of("x-min", "x-max", "y-min", "y-max")) {
        assertThat(objects.get(i).path(side).asDouble())
            .isCloseTo(expected.get(i).path(side).asDouble(), within(0.01));
      }
    }
  }

  private static List<Double> scores(JsonNode answer) {
    List<Double> scores = new ArrayList<>();
    answer.path("objects").forEach(object -> scores.add(object.path("score").asDouble()));
    return scores;
  }

  @Test
  void boxes_are_drawn_into_the_pictures() throws IOException {
    Path drawn = folder.resolve("drawn").resolve("here");

    CommandRun found =
        kt("predict", detector, scene, "--threshold", "0.01", "--top", "1", "--draw", drawn);

    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(found.out())
        .endsWith("pictures with the answers: " + drawn + System.lineSeparator());
    BufferedImage original = ImageIO.read(scene.toFile());
    BufferedImage image = ImageIO.read(drawn.resolve("scene.png").toFile());
    assertThat(image.getWidth()).isEqualTo(original.getWidth());
    assertThat(image.getHeight()).isEqualTo(original.getHeight());
    assertThat(alike(original, image)).isBetween(1, 150 * 80 - 1);
  }

  @Test
  void classes_are_written_below_the_pictures() throws IOException {
    Path drawn = folder.resolve("written");

    CommandRun answered = kt("predict", export, picture, "--draw", drawn);

    assertThat(answered.exitCode()).as(answered.err()).isZero();
    BufferedImage original = ImageIO.read(picture.toFile());
    BufferedImage image = ImageIO.read(drawn.resolve("p07.png").toFile());
    assertThat(image.getHeight()).isGreaterThan(original.getHeight());
    assertThat(alike(original, image)).isEqualTo(24 * 11);
  }

  /** Pixels of a picture that another has at the same places. */
  private static int alike(BufferedImage picture, BufferedImage other) {
    int alike = 0;
    for (int y = 0; y < picture.getHeight(); y++) {
      for (int x = 0; x < picture.getWidth(); x++) {
        alike += picture.getRGB(x, y) == other.getRGB(x, y) ? 1 : 0;
      }
    }
    return alike;
  }

  @Test
  void drawn_pictures_of_one_name_from_two_folders_are_both_kept() throws IOException {
    Path other = Files.createDirectories(folder.resolve("namesake")).resolve("scene.png");
    Files.copy(scene, other);
    Path drawn = folder.resolve("both");

    CommandRun found = kt("predict", detector, scene, other, "--draw", drawn);

    assertThat(found.exitCode()).as(found.err()).isZero();
    assertThat(drawn).isDirectoryContaining("glob:**/scene.png");
    assertThat(drawn).isDirectoryContaining("glob:**/scene-2.png");
  }

  @Test
  void a_detector_passes_over_a_file_that_is_no_picture_too() throws IOException {
    Path text = Files.writeString(folder.resolve("text.jpg"), "no picture");

    CommandRun found = kt("predict", detector, text, scene, "--json");

    assertThat(found.exitCode()).isEqualTo(2);
    assertThat(found.err())
        .isEqualTo("kt: " + text + ": cannot be read (neither JPEG nor PNG); passed over\n");
    assertThat(names(new ObjectMapper().readTree(found.out()))).containsExactly("scene.png");
  }

  @Test
  void a_saved_model_from_elsewhere_is_refused_with_what_it_has() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    new ServingModel(GraphDef.getDefaultInstance())
        .signature(
            "embed",
            List.of(new ServingModel.Port("x", "x", DataType.DT_FLOAT, List.of(-1L, 8L))),
            List.of(new ServingModel.Port("y", "y", DataType.DT_FLOAT, List.of(-1L, 2L))))
        .signature(
            "serving_default",
            List.of(
                new ServingModel.Port("image", "image", DataType.DT_UINT8, List.of(-1L, -1L, 3L))),
            List.of(new ServingModel.Port("boxes", "b", DataType.DT_FLOAT, List.of(-1L, 4L))))
        .write(elsewhere);

    CommandRun refused = kt("predict", elsewhere, picture);

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .contains(
            elsewhere + ": is no model that kt4j has exported; it has: ",
            "embed from x (float [any, 8]) to y (float [any, 2])",
            "serving_default from image (uint8 [any, any, 3]) to boxes (float [any, 4])",
            "; fix: kt export a run");
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
  void an_export_that_was_changed_gives_no_answers() throws IOException {
    Path changed = Files.createDirectory(folder.resolve("changed"));
    try (Stream<Path> files = Files.list(export)) {
      for (Path file : files.toList()) {
        Files.copy(file, changed.resolve(file.getFileName()));
      }
    }
    Path classes = changed.resolve("synset.txt");
    List<String> names = new ArrayList<>(Files.readAllLines(classes));
    Collections.reverse(names);
    Files.write(classes, names);

    CommandRun predicted = kt("predict", changed, picture);

    assertThat(predicted.exitCode()).isEqualTo(2);
    assertThat(predicted.out()).isEmpty();
    assertThat(predicted.err()).startsWith("kt: " + classes + ": is not what was exported, by");
  }

  @Test
  void a_run_that_has_only_begun_says_so() throws IOException {
    Path begun = Files.createDirectories(folder.resolve("begun"));
    Files.copy(run.resolve("config.yaml"), begun.resolve("config.yaml"));

    CommandRun predicted = kt("predict", begun, picture);

    assertThat(predicted.exitCode()).isEqualTo(2);
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
        "holds no run (no config.yaml) and no export (no model.onnx or saved_model.pb)",
        empty,
        picture);
    assertMistake("saved_model.pb: is no folder; allowed: ", export + "/saved_model.pb", picture);
    assertMistake(
        "--threshold: 2.0 is not allowed; allowed: 0 to 1", export, picture, "--threshold", 2);
    assertMistake("none.png: there is no such file", export, folder.resolve("none.png"));
    assertMistake("empty: holds no .jpg, .jpeg or .png file", export, empty);
    assertMistake("*.gif: fits no .jpg, .jpeg or .png file", export, pictures + "/*.gif");
    assertMistake("IMAGE: is missing", export);
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
        .contains(
            "RUN|EXPORT",
            "IMAGE...",
            "--top=K",
            "--threshold=SHARE",
            "--draw=FOLDER",
            "--json",
            "--checkpoint=WHICH",
            "photos/**",
            "The exit code is 2 when a picture cannot be read");
  }
}
