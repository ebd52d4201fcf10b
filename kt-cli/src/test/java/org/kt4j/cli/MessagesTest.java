package org.kt4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kt4j.cli.CommandRun.kt;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is told of every kind of bad input, word by word: the file, the place, the value, what is
 * allowed and how to mend it. {@code HERE} stands for the folder of the input.
 */
class MessagesTest {

  private static final String CONFIGURATION =
      """
      data: {name: shapes, train: 64, held-out: 16, test: 16, size: 16}
      student: {network: resnet-8, width: 4}
      batch-size: 16
      phases: [{name: p, epochs: 1, objective: [{term: cross-entropy}]}]
      """;

  @TempDir private static Path shared;

  @TempDir private Path folder;

  /** Makes an input in a folder. */
  @FunctionalInterface
  private interface Input {
    void make(Path folder) throws IOException;
  }

  /**
   * A row.
   *
   * @param kind what is wrong, in words
   * @param command with spaces between the arguments
   * @param message all of it, without {@code kt: } and the last line end
   */
  private record Bad(String kind, Input input, String command, int code, String message) {
    @Override
    public String toString() {
      return kind;
    }
  }

  private static Bad bad(String kind, Input input, String command, String message) {
    return new Bad(kind, input, command, 2, message);
  }

  @BeforeAll
  static void train() throws IOException {
    Path config = Files.writeString(shared.resolve("config.yaml"), CONFIGURATION);
    Path run = shared.resolve("run");
    assertThat(kt("train", config, "--out", run).exitCode()).isZero();
    assertThat(kt("export", run, shared.resolve("export")).exitCode()).isZero();
  }

  private void check(Bad bad) throws IOException {
    bad.input.make(folder);

    CommandRun run = kt((Object[]) bad.command.replace("HERE", folder.toString()).split(" "));

    assertThat(run.err().replace(folder.toString(), "HERE")).isEqualTo("kt: " + bad.message + "\n");
    assertThat(run.exitCode()).isEqualTo(bad.code);
  }

  private static Input file(String name, String text) {
    return folder -> {
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    };
  }

  private static Bad configuration(String kind, String text, String message) {
    return bad(kind, file("c.yaml", text), "train HERE/c.yaml --out HERE/run", message);
  }

  private static String with(String part, String instead) {
    assertThat(CONFIGURATION).contains(part);
    return CONFIGURATION.replace(part, instead);
  }

  static Stream<Bad> configurations() {
    return Stream.of(
        configuration(
            "an unknown key",
            CONFIGURATION + "colour: red\n",
            "c.yaml: unknown key 'colour'; known: task, data, teacher, teachers, student, start, baseline, normalization, augmentation, cache, batch-size, batch-norm, phases, optimizer, schedule, seed"),
        configuration(
            "a suite in the place of a configuration",
            "base: c.yaml\nmethods: [{name: A, objective: [{term: cross-entropy}]}]\n",
            "c.yaml: is a suite of several runs, by its keys base and methods; allowed: a configuration of one run; fix: kt compare trains a suite"),
        configuration(
            "an objective without weight",
            with("{term: cross-entropy}", "{term: cross-entropy, weight: 0}"),
            "c.yaml: phases[0].objective: weight 0.0 of every term is not allowed; allowed: a weight above 0 of one term or more, or nothing is learned"),
        configuration(
            "a key that is misspelt",
            with("batch-size", "batchsize"),
            "c.yaml: unknown key 'batchsize'; known: task, data, teacher, teachers, student, start, baseline, normalization, augmentation, cache, batch-size, batch-norm, phases, optimizer, schedule, seed; did you mean 'batch-size'?"),
        configuration(
            "a key twice",
            CONFIGURATION + "batch-size: 32\n",
            "c.yaml: line 5, column 1: the key 'batch-size' stands here twice"),
        configuration(
            "a text for a number",
            with("epochs: 1", "epochs: many"),
            "c.yaml: phases[0].epochs: expected a whole number (passes over the training pictures, 1 to 1000000), found 'many' (text)"),
        configuration(
            "a number with a point for a whole one",
            with("epochs: 1", "epochs: 1.5"),
            "c.yaml: phases[0].epochs: expected a whole number (passes over the training pictures, 1 to 1000000), found 1.5"),
        configuration(
            "a number for a list",
            with("[{name: p, epochs: 1, objective: [{term: cross-entropy}]}]", "3"),
            "c.yaml: phases: expected a list of maps, found 3"),
        configuration(
            "nothing for a value",
            with("epochs: 1", "epochs: "),
            "c.yaml: phases[0].epochs: expected a whole number, found nothing"),
        configuration(
            "no number",
            CONFIGURATION + "optimizer: {learning-rate: .nan}\n",
            "c.yaml: optimizer.learning-rate: expected a finite number (base learning rate, above 0, below 1000000), found NaN"),
        configuration(
            "infinity",
            CONFIGURATION + "optimizer: {learning-rate: .inf}\n",
            "c.yaml: optimizer.learning-rate: expected a finite number (base learning rate, above 0, below 1000000), found Infinity"),
        configuration(
            "a number below its range",
            with("epochs: 1", "epochs: -1"),
            "c.yaml: phases[0].epochs: -1 is not allowed; allowed: 1 to 1000000"),
        configuration(
            "a number above its range",
            with("width: 4", "width: 2147483647"),
            "c.yaml: student.width: 2147483647 is not allowed; allowed: 1 to 512 channels"),
        configuration(
            "a teacher that is itself",
            CONFIGURATION.replace("{term: cross-entropy}", "{term: kd}")
                + "teacher: {config: c.yaml}\n",
            "a cycle of configurations, each of which needs the next to be trained first: HERE/c.yaml (teacher.config) -> HERE/c.yaml; fix: name another configuration in one of them, or a run that is there, with run instead of config"),
        configuration(
            "a number that no whole number can hold",
            with("width: 4", "width: 99999999999999999999"),
            "c.yaml: student.width: expected a whole number from -2147483648 to 2147483647 (channels of the first stage, 1 to 512; doubled at each of the next two), found 99999999999999999999"),
        configuration(
            "a missing key",
            with("student: {network: resnet-8, width: 4}\n", ""),
            "c.yaml: student: is required"),
        configuration(
            "an unknown network",
            with("resnet-8", "resnet8"),
            "c.yaml: student.network: unknown network 'resnet8'; known: faster-rcnn, imagenet-resnet, inception-bn, mobilenet-v2, preact-resnet, resnet, vgg, wide-resnet; did you mean 'resnet'?; one that is not listed is found when its artifact is on the class path"),
        configuration(
            "an unknown term",
            with("term: cross-entropy", "term: cross_entropy"),
            "c.yaml: phases[0].objective[0].term: unknown term 'cross_entropy'; known: ab, attention, cc, crd, cross-entropy, cwd, dist, dkd, fitnets, fsp, ft, ickd, kd, logit-regression, mgd, nst, ofd, pkd, pkt, region-box, region-class, reviewkd, rkd, rpn-box, rpn-objectness, sp, tf-kd, vid, wsld; did you mean 'cross-entropy'?; one that is not listed is found when its artifact is on the class path"),
        configuration(
            "an unknown data set",
            with("name: shapes", "name: shape"),
            "c.yaml: data.name: unknown data set 'shape'; known: cifar-10, cifar-100, coco, fashion-mnist, image-folder, mnist, shapes, shapes-detection, voc; did you mean 'shapes'?; one that is not listed is found when its artifact is on the class path"),
        configuration(
            "two mistakes",
            with("epochs: 1", "epochs: 0") + "colour: red\n",
            "2 problems:\n  c.yaml: unknown key 'colour'; known: task, data, teacher, teachers, student, start, baseline, normalization, augmentation, cache, batch-size, batch-norm, phases, optimizer, schedule, seed\n  c.yaml: phases[0].epochs: 0 is not allowed; allowed: 1 to 1000000"),
        configuration("an empty file", "", "c.yaml: is empty; expected a map of keys"),
        configuration(
            "a list in the place of the whole",
            "- a\n- b\n",
            "c.yaml: expected a map of keys at the top, found a list"),
        configuration(
            "a bracket that is not closed",
            with("width: 4}", "width: 4"),
            "c.yaml: line 3, column 11: while parsing a flow mapping, expected ',' or '}', but got :"),
        configuration(
            "a tab",
            with("student: {", "student:\n\t{"),
            "c.yaml: line 3, column 1: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
        configuration(
            "a NUL",
            with("name: p", "name: \"p\0\""),
            "c.yaml: line 4, column 19: the control character U+0000 cannot stand here; fix: save the file as UTF-8 text"),
        configuration(
            "a reference to itself",
            CONFIGURATION + "taught: &a [*a]\n",
            "c.yaml: line 5, column 13: the alias *a cannot be used; write it out"),
        configuration(
            "a thousand brackets",
            CONFIGURATION + "x: " + "[".repeat(1000) + "\n",
            "c.yaml: line 5, column 68: more than 64 maps and lists in each other; allowed: fewer"),
        configuration(
            "a teacher that is not there",
            CONFIGURATION + "teacher: {run: HERE/no}\n",
            "teacher.run: HERE/no: there is no run here (no config.yaml); fix: name a run folder, or train one on demand with config"),
        bad(
            "no such file",
            folder -> {},
            "train HERE/c.yaml",
            "c.yaml: there is no file HERE/c.yaml"),
        bad(
            "a folder for a file",
            folder -> Files.createDirectory(folder.resolve("c.yaml")),
            "train HERE/c.yaml",
            "HERE/c.yaml: is a folder; allowed: a configuration file"),
        bad(
            "a link to itself",
            folder -> Files.createSymbolicLink(folder.resolve("c.yaml"), Path.of("c.yaml")),
            "train HERE/c.yaml",
            "c.yaml: cannot be read: Too many levels of symbolic links or unable to access attributes of symbolic link"),
        bad(
            "no text",
            folder ->
                Files.write(folder.resolve("c.yaml"), new byte[] {(byte) 0x89, 'P', 'N', 'G'}),
            "train HERE/c.yaml",
            "c.yaml: is not UTF-8 text; fix: save it as UTF-8"));
  }

  @ParameterizedTest
  @MethodSource("configurations")
  void of_a_configuration(Bad bad) throws IOException {
    check(bad);
  }

  private static Input voc(String list, String annotation) {
    return folder -> {
      for (String set : List.of("train", "val", "test")) {
        file("voc/ImageSets/Main/" + set + ".txt", set + "_1\n").make(folder);
        file("voc/Annotations/" + set + "_1.xml", ANNOTATION).make(folder);
        picture(folder.resolve("voc/JPEGImages/" + set + "_1.png"));
      }
      file("voc/ImageSets/Main/train.txt", list).make(folder);
      file("voc/Annotations/train_1.xml", annotation).make(folder);
    };
  }

  private static void picture(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    ImageIO.write(new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
  }

  private static Bad voc(String kind, String list, String annotation, String message) {
    return bad(kind, voc(list, annotation), "data inspect voc --set path=HERE/voc", message);
  }

  private static final String ANNOTATION =
      "<annotation><size><width>40</width><height>30</height></size><object><name>cat</name>"
          + "<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object>"
          + "</annotation>";

  static Stream<Bad> sets() {
    return Stream.of(
        voc(
            "voc: a picture that is not there",
            "train_1\nb\n",
            ANNOTATION,
            "voc: HERE/voc/ImageSets/Main/train.txt names 2 missing files: HERE/voc/Annotations/b.xml, HERE/voc/JPEGImages/b.jpg; fix: bring the files, or take the pictures off the list"),
        voc(
            "voc: an empty list",
            "",
            ANNOTATION,
            "voc: train: HERE/voc/ImageSets/Main/train.txt names no picture; expected: at least one to learn from; fix: another file"),
        voc(
            "voc: a coordinate that is no number",
            "train_1\n",
            ANNOTATION.replace("<xmin>1", "<xmin>NaN"),
            "voc: HERE/voc/Annotations/train_1.xml: object[0].bndbox.xmin: 'NaN'; expected: a number of pixels, such as 12 or 12.5; fix: correct the file"),
        voc(
            "voc: a coordinate that is missing",
            "train_1\n",
            ANNOTATION.replace("<xmin>1</xmin>", ""),
            "voc: HERE/voc/Annotations/train_1.xml: object[0].bndbox.xmin is missing or empty; expected: a number of pixels; fix: correct the file"),
        voc(
            "voc: a difficult of another word",
            "train_1\n",
            ANNOTATION.replace("<bndbox>", "<difficult>perhaps</difficult><bndbox>"),
            "voc: HERE/voc/Annotations/train_1.xml: object[0].difficult: 'perhaps'; expected: 0 or 1, false or true, no or yes; fix: correct the file"),
        voc(
            "voc: an annotation that is cut",
            "train_1\n",
            ANNOTATION.substring(0, 60),
            "voc: HERE/voc/Annotations/train_1.xml cannot be read as an annotation: line 1, column 61: XML document structures must start and end within the same entity; fix: correct the file"),
        voc(
            "voc: a thousand elements in each other",
            "train_1\n",
            "<a>".repeat(1000),
            "voc: HERE/voc/Annotations/train_1.xml cannot be read as an annotation: line 1, column 303: elements are more than 100 deep within each other; fix: correct the file"),
        voc(
            "voc: an empty annotation",
            "train_1\n",
            "",
            "voc: HERE/voc/Annotations/train_1.xml is empty; expected: XML of PASCAL VOC; fix: bring the annotation, or take the picture off the list"),
        coco(
            "coco: no JSON",
            "",
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: the text is empty; expected: JSON; a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: nothing",
            "null",
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: expected an object, found null; a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: cut",
            COCO.substring(0, 70),
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: the JSON ends too early (line 1, column 71); was the file cut off?; a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: bytes behind the JSON",
            COCO + "}",
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: more stands behind the end of the JSON (line 1, column 162); a file holds one value; a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: a text for a list",
            COCO.replace("[{\"id\": 5, \"name\": \"cat\"}]", "\"cat\""),
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: categories: expected a list, found the text \"cat\" (line 1, column 135); a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: a text in a box",
            COCO.replace("[1, 2, 3, 4]", "[1, 2, \"NaN\", 4]"),
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: annotations[0].bbox[2]: expected a number, found the text \"NaN\" (line 1, column 112); a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: NaN in a box",
            COCO.replace("[1, 2, 3, 4]", "[1, 2, NaN, 4]"),
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: annotations[0].bbox[2]: expected a number, found NaN (line 1, column 112); a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: three numbers for a box",
            COCO.replace("[1, 2, 3, 4]", "[1, 2, 3]"),
            "coco: HERE/coco/annotations/instances_train.json: annotations[0].bbox: [1, 2, 3] has 3 numbers; expected: [left, top, width, height]; fix: correct it"),
        coco(
            "coco: an unknown picture",
            COCO.replace("\"image_id\": 1", "\"image_id\": 7"),
            "coco: HERE/coco/annotations/instances_train.json: annotations[0].image_id: unknown 7; known: 1; fix: correct it, or add the picture to images"),
        coco(
            "coco: an unknown class",
            COCO.replace("\"category_id\": 5", "\"category_id\": 6"),
            "coco: HERE/coco/annotations/instances_train.json: annotations[0].category_id: unknown 6; known: 5 (cat); fix: correct it, or add the class to categories"),
        coco(
            "coco: an id with a point",
            COCO.replace("{\"id\": 1, \"file_name\"", "{\"id\": 1.5, \"file_name\""),
            "coco: HERE/coco/annotations/instances_train.json cannot be read as JSON of COCO: images[0].id: expected an id, which is a whole number or a text, found 1.5 (line 1, column 20); a file of COCO is one object with the lists images, annotations and categories; fix: correct it, or name another"),
        coco(
            "coco: a picture that is not there",
            COCO.replace("a.png", "b.png"),
            "coco: HERE/coco/annotations/instances_train.json names 1 missing file: HERE/coco/train/b.png; fix: bring the files, or take the pictures off the list"),
        bad(
            "image folder: not there",
            folder -> {},
            IMAGES,
            "image-folder: path: HERE/images is not there; allowed: a folder with train/ and test/, or with one folder per class"),
        bad(
            "image folder: no classes",
            folder -> Files.createDirectory(folder.resolve("images")),
            IMAGES,
            "image-folder: HERE/images holds 0 class folders; allowed: at least 2, each with pictures of one class"),
        bad(
            "image folder: a link to nowhere",
            folder -> {
              images(folder);
              Files.createSymbolicLink(folder.resolve("images/cat/9.png"), Path.of("gone.png"));
            },
            IMAGES,
            "image-folder: HERE/images: 1 link points to nothing, such as HERE/images/cat/9.png -> gone.png; fix: bring what they point to (git annex get, or mount the disk), or remove the links"),
        bad(
            "image folder: no picture",
            folder -> {
              images(folder);
              Files.writeString(folder.resolve("images/cat/9.png"), "a text");
            },
            IMAGES,
            "image-folder: 1 of 13 pictures cannot be read: HERE/images/cat/9.png (neither JPEG nor PNG); allowed: JPEG and PNG; fix: convert or remove them"),
        bad(
            "cifar-10: no folder",
            folder -> {},
            "data inspect cifar-10 --set path=HERE/cifar",
            "cifar-10: HERE/cifar is not a folder; fix: kt data download cifar-10, or set path"),
        bad(
            "cifar-10: a file is missing",
            folder -> Files.createDirectory(folder.resolve("cifar")),
            "data inspect cifar-10 --set path=HERE/cifar",
            "cifar-10: HERE/cifar/data_batch_1.bin is missing; expected: a file of 30730000 bytes; fix: kt data download cifar-10, or set path to the folder of the binary version"),
        bad(
            "cifar-10: a file is cut",
            file("cifar/data_batch_1.bin", "abc"),
            "data inspect cifar-10 --set path=HERE/cifar",
            "cifar-10: HERE/cifar/data_batch_1.bin has 3 bytes; expected: 30730000; the file is cut short, fix: delete it and kt data download cifar-10"),
        bad(
            "mnist: another kind of file",
            mnist("train-images-idx3-ubyte"),
            "data inspect mnist --set path=HERE/mnist",
            "mnist: HERE/mnist/train-images-idx3-ubyte starts with 0x61207465; expected: 0x00000803 (uint8 values, 3 axes); fix: delete it and kt data download mnist"),
        bad(
            "mnist: no compressed file",
            mnist("train-images-idx3-ubyte.gz"),
            "data inspect mnist --set path=HERE/mnist",
            "mnist: HERE/mnist/train-images-idx3-ubyte.gz starts with 0x61207465; expected: 0x00000803 (uint8 values, 3 axes); fix: delete it and kt data download mnist"));
  }

  private static Input mnist(String name) {
    return folder -> {
      file("mnist/train-labels-idx1-ubyte", "a text, and not labels").make(folder);
      file("mnist/" + name, "a text, and not pictures").make(folder);
    };
  }

  private static final String IMAGES = "data inspect image-folder --set path=HERE/images";

  private static void images(Path folder) throws IOException {
    for (String name : List.of("cat", "dog")) {
      for (int i = 0; i < 6; i++) {
        picture(folder.resolve("images").resolve(name).resolve(i + ".png"));
      }
    }
  }

  private static final String COCO =
      "{\"images\": [{\"id\": 1, \"file_name\": \"a.png\"}],"
          + " \"annotations\": [{\"image_id\": 1, \"category_id\": 5, \"bbox\": [1, 2, 3, 4]}],"
          + " \"categories\": [{\"id\": 5, \"name\": \"cat\"}]}";

  private static Bad coco(String kind, String train, String message) {
    return bad(
        kind,
        folder -> {
          for (String set : List.of("train", "val", "test")) {
            file("coco/annotations/instances_" + set + ".json", COCO).make(folder);
            picture(folder.resolve("coco").resolve(set).resolve("a.png"));
          }
          file("coco/annotations/instances_train.json", train).make(folder);
        },
        "data inspect coco --set path=HERE/coco",
        message);
  }

  @ParameterizedTest
  @MethodSource("sets")
  void of_a_data_set(Bad bad) throws IOException {
    check(bad);
  }

  private static Bad teacher(String kind, Input input, String teacher, String message) {
    return bad(
        kind,
        folder -> {
          input.make(folder);
          Files.writeString(
              folder.resolve("c.yaml"),
              CONFIGURATION.replace("{term: cross-entropy}", "{term: kd}")
                  + "teacher: {"
                  + teacher.replace("HERE", folder.toString())
                  + "}\n");
        },
        "evaluate HERE/c.yaml --teacher",
        message);
  }

  /** The weights of the trained run with one array changed, or without it. */
  private static Input weights(String name, UnaryOperator<byte @Nullable []> change) {
    return folder -> {
      try (ZipInputStream from =
              new ZipInputStream(Files.newInputStream(shared.resolve("export/weights.npz")));
          ZipOutputStream to =
              new ZipOutputStream(Files.newOutputStream(folder.resolve("w.npz")))) {
        for (ZipEntry entry = from.getNextEntry(); entry != null; entry = from.getNextEntry()) {
          byte[] array = from.readAllBytes();
          if (entry.getName().equals(name + ".npy")) {
            array = change.apply(array);
          }
          if (array != null) {
            to.putNextEntry(new ZipEntry(entry.getName()));
            to.write(array);
          }
        }
      }
    };
  }

  static Stream<Bad> teachers() {
    String weights = "network: resnet-8, width: 4, weights: HERE/w.npz";
    return Stream.of(
        teacher(
            "weights that are not there",
            folder -> {},
            weights,
            "teacher.weights: there is no file HERE/w.npz; expected a file of weights (.npz, .safetensors, .pt)"),
        teacher(
            "weights of another kind",
            file("w.npz", "a text"),
            weights,
            "HERE/w.npz: is no whole .npz file (zip END header not found); fix: copy or save it again"),
        teacher(
            "a single array",
            file("w.npy", "\u0093NUMPY"),
            "network: resnet-8, width: 4, weights: HERE/w.npy",
            "HERE/w.npy: is no whole .npz file (zip END header not found); fix: copy or save it again"),
        teacher(
            "a missing array",
            weights("bn1.bias", array -> null),
            weights,
            "HERE/w.npz: weights of another network: bn1.bias is missing"),
        teacher(
            "a number that is none",
            weights(
                "bn1.bias",
                array -> {
                  ByteBuffer.wrap(array)
                      .order(ByteOrder.LITTLE_ENDIAN)
                      .putFloat(array.length - 4, Float.NaN);
                  return array;
                }),
            weights,
            "HERE/w.npz: weights that are NaN, infinite or beyond float32: bn1.bias: 1 of 4; allowed: finite numbers; fix: save weights from before the training diverged, or train again"),
        teacher(
            "an array of objects",
            weights(
                "bn1.bias",
                array ->
                    new String(array, StandardCharsets.ISO_8859_1)
                        .replace("'<f4'", "'|O' ")
                        .getBytes(StandardCharsets.ISO_8859_1)),
            weights,
            "HERE/w.npz: bn1.bias is Python objects (|O); allowed: arrays of floats of 16, 32 or 64 bits or of integers; fix: numpy.savez(file, **{name: value.numpy() for name, value in state.items()})"),
        teacher(
            "an array that is cut",
            weights("bn1.bias", array -> Arrays.copyOf(array, array.length - 4)),
            weights,
            "HERE/w.npz: the array 'bn1.bias' is <f4 of the shape [4], which takes 144 bytes with its header, and the file holds 140; fix: save it again by numpy.savez"),
        teacher(
            "weights of another network",
            weights("none", array -> array),
            "network: resnet-14, width: 4, weights: HERE/w.npz",
            "HERE/w.npz: weights of another network: layer1.1.conv1.weight is missing; layer1.1.bn1.weight is missing; layer1.1.bn1.bias is missing; layer1.1.bn1.running_mean is missing; layer1.1.bn1.running_var is missing; and 25 more"),
        teacher(
            "a model that is not there",
            folder -> {},
            "model: HERE/m.onnx",
            "teacher.model: HERE/m.onnx: there is no such file"),
        teacher(
            "a model of an unknown kind",
            file("m.txt", "a text"),
            "model: HERE/m.txt",
            "teacher.model: HERE/m.txt: what kind of model is this? Known: .onnx; TorchScript as .pt, .pth or .torchscript; a folder with saved_model.pb; a frozen TensorFlow graph as .pb; fix: name it so, or say teacher.engine"),
        teacher(
            "no ONNX",
            file("m.onnx", "a text"),
            "model: HERE/m.onnx",
            "HERE/m.onnx: is no whole ONNX model (While parsing a protocol message, the input ended unexpectedly in the middle of a field.  This could mean either that the input has been truncated or that an embedded message misreported its own length.; fix: copy or export it again)"),
        teacher(
            "no frozen graph",
            file("m.pb", "a text"),
            "model: HERE/m.pb",
            "HERE/m.pb: is no whole TensorFlow graph (While parsing a protocol message, the input ended unexpectedly in the middle of a field.  This could mean either that the input has been truncated or that an embedded message misreported its own length.; fix: copy or export it again)"),
        teacher(
            "an empty folder for a SavedModel",
            folder -> Files.createDirectory(folder.resolve("m")),
            "model: HERE/m",
            "teacher.model: HERE/m: what kind of model is this? Known: .onnx; TorchScript as .pt, .pth or .torchscript; a folder with saved_model.pb; a frozen TensorFlow graph as .pb; fix: name it so, or say teacher.engine"));
  }

  @ParameterizedTest
  @MethodSource("teachers")
  void of_a_teacher(Bad bad) throws IOException {
    check(bad);
  }

  private static Input run(Input change) {
    return folder -> {
      try (Stream<Path> all = Files.walk(shared.resolve("run"))) {
        for (Path each : (Iterable<Path>) all::iterator) {
          Path copy =
              folder.resolve("run").resolve(shared.resolve("run").relativize(each).toString());
          if (Files.isDirectory(each)) {
            Files.createDirectories(copy);
          } else {
            Files.copy(each, copy);
          }
        }
      }
      change.make(folder.resolve("run"));
    };
  }

  private static Input begun(Input change) {
    return run(
        folder -> {
          Files.delete(folder.resolve("result.json"));
          Files.writeString(folder.resolve("../c.yaml"), CONFIGURATION);
          change.make(folder);
        });
  }

  private static Bad warned(String kind, Input input, String command, String message) {
    return new Bad(kind, input, command, 0, message);
  }

  private static final String GO_ON = "train HERE/c.yaml --out HERE/run";

  static Stream<Bad> runs() {
    return Stream.of(
        bad(
            "no run",
            folder -> {},
            "report HERE/run",
            "HERE/run: there is no such folder; allowed: the folder of a run or of a suite"),
        bad(
            "a folder without a run",
            folder -> Files.createDirectory(folder.resolve("run")),
            "evaluate HERE/run",
            "HERE/run: holds no run (no config.yaml); allowed: the folder of a run, or a configuration"),
        bad(
            "a pointer of nothing",
            run(file("checkpoints/last.json", "null")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/last.json: the checkpoint is damaged: expected an object, found null. Restore it from a copy, or start over with --overwrite"),
        bad(
            "a pointer without a name",
            run(file("checkpoints/last.json", "{}")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/last.json: the checkpoint is damaged: checkpoint: is missing (line 1, column 2); expected a text. Restore it from a copy, or start over with --overwrite"),
        bad(
            "a pointer that is cut",
            run(file("checkpoints/last.json", "{\"check")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/last.json: the checkpoint is damaged: the JSON ends too early (line 1, column 8); was the file cut off?. Restore it from a copy, or start over with --overwrite"),
        bad(
            "a pointer to nowhere",
            run(file("checkpoints/last.json", "{\"checkpoint\": \"epoch-0009\"}")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/epoch-0009: the checkpoint is damaged: HERE/run/checkpoints/epoch-0009/manifest.json is missing. Restore it from a copy, or start over with --overwrite"),
        bad(
            "a manifest of nothing",
            run(file("checkpoints/epoch-0001/manifest.json", "null")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/epoch-0001: the checkpoint is damaged: expected an object, found null. Restore it from a copy, or start over with --overwrite"),
        bad(
            "variables that are cut",
            run(file("checkpoints/epoch-0001/variables.data-00000-of-00001", "x")),
            "evaluate HERE/run",
            "HERE/run/checkpoints/epoch-0001: the checkpoint is damaged: its files are not what was written. Restore it from a copy, or start over with --overwrite"),
        warned(
            "a result of nothing",
            run(file("result.json", "{}")),
            "report HERE/run",
            "HERE/run/result.json: the result cannot be read: epochs: is missing (line 1, column 2); expected a whole number from -2147483648 to 2147483647; fix: restore it from a copy, or start over with --overwrite; the report leaves it out"),
        bad(
            "a missing epoch",
            begun(file("metrics.jsonl", "")),
            GO_ON,
            "HERE/run: metrics.jsonl tells of 0 epochs, the last checkpoint of 1; files of the run are missing. Fix: restore them from a copy, or start over with --overwrite"),
        bad(
            "an epoch of nothing",
            begun(file("metrics.jsonl", "{}\n")),
            GO_ON,
            "HERE/run/metrics.jsonl: line 1 is damaged: epoch: is missing (column 2); expected a whole number from -2147483648 to 2147483647; fix: restore it from a copy, or start over with --overwrite"),
        bad(
            "a lost configuration",
            begun(folder -> Files.delete(folder.resolve("config.yaml"))),
            GO_ON,
            "HERE/run: the folder holds a run, but not its config.yaml, so that nobody knows what was trained; fix: restore it from a copy, or start over with --overwrite"),
        bad(
            "a last checkpoint of nothing",
            begun(file("checkpoints/last.json", "null")),
            GO_ON,
            "HERE/run/checkpoints/last.json: the checkpoint is damaged: expected an object, found null. Restore it from a copy, or start over with --overwrite"),
        bad(
            "another configuration",
            run(
                folder ->
                    Files.writeString(
                        folder.resolve("../c.yaml"), with("batch-size: 16", "batch-size: 32"))),
            GO_ON,
            "HERE/run: the folder holds a run of another configuration (there 'batch-size: 16', here 'batch-size: 32'); fix: choose another folder with --out, or start over with --overwrite"),
        bad(
            "an export without a graph",
            folder -> picture(folder.resolve("export/p.png")),
            "predict HERE/export HERE/export/p.png",
            "HERE/export: holds no run (no config.yaml) and no export (no model.onnx or saved_model.pb); allowed: the folder of either"),
        bad(
            "an ONNX export that is none",
            folder -> {
              picture(folder.resolve("export/p.png"));
              file("export/model.onnx", "a text").make(folder);
            },
            "predict HERE/export HERE/export/p.png",
            "HERE/export/model.onnx: ONNX Runtime cannot load it (Error code - ORT_INVALID_PROTOBUF - message: Load model from HERE/export/model.onnx failed:Protobuf parsing failed.); fix: export it anew"),
        bad(
            "more calibration pictures than there are",
            run(folder -> {}),
            "export HERE/run --int8",
            "int8: calibration 500 is not allowed; allowed: up to 48, the training pictures; fix: --calibration 48"),
        bad(
            "an ONNX export that is there",
            run(file("export-onnx/model.onnx", "x")),
            "export HERE/run --format onnx",
            "HERE/run/export-onnx: is there already; fix: name a new folder, or replace it with --overwrite"),
        bad(
            "an export of another kind",
            folder -> {
              picture(folder.resolve("export/p.png"));
              file("export/saved_model.pb", "a text").make(folder);
            },
            "predict HERE/export HERE/export/p.png",
            "HERE/export: is no whole SavedModel (saved_model.pb: While parsing a protocol message, the input ended unexpectedly in the middle of a field.  This could mean either that the input has been truncated or that an embedded message misreported its own length.; fix: copy or export it again)"));
  }

  @ParameterizedTest
  @MethodSource("runs")
  void of_a_run(Bad bad) throws IOException {
    check(bad);
  }

  private static Bad suite(String kind, String suite, String message) {
    return bad(
        kind,
        folder -> {
          Files.writeString(folder.resolve("c.yaml"), CONFIGURATION);
          Files.writeString(folder.resolve("suite.yaml"), suite);
        },
        "compare HERE/suite.yaml --runs HERE/runs",
        message);
  }

  static Stream<Bad> suites() {
    String methods = "methods: [{name: A, objective: [{term: cross-entropy}]}]\n";
    return Stream.of(
        suite(
            "a configuration in the place of a suite",
            CONFIGURATION,
            "suite.yaml: is a configuration of one run, by its key student; allowed: a suite, with the keys base and methods; fix: kt train trains one run"),
        suite(
            "a suite whose base is a suite",
            "base: suite.yaml\n" + methods,
            "suite.yaml: is a suite of several runs, by its keys base and methods; allowed: a configuration of one run; fix: kt compare trains a suite"),
        suite("a suite without a base", methods, "suite.yaml: base: is required"),
        suite(
            "a suite whose base is not there",
            "base: d.yaml\n" + methods,
            "suite.yaml: base: there is no file HERE/d.yaml; unknown 'd.yaml'; known: c.yaml; did you mean 'c.yaml'?"),
        suite(
            "a suite without methods",
            "base: c.yaml\nmethods: []\n",
            "suite.yaml: methods: [] is not allowed; allowed: one method or more"),
        suite(
            "an unknown key of a method",
            "base: c.yaml\n" + methods.replace("name: A", "name: A, colour: red"),
            "suite.yaml: methods[0]: unknown key 'colour'; known: name, objective, phases, set, grid"),
        suite(
            "no seeds",
            "base: c.yaml\nseeds: []\n" + methods,
            "suite.yaml: seeds: [] is not allowed; allowed: one seed or more"),
        suite(
            "a path that is none",
            "base: c.yaml\nset: {phases.9.epochs: 1}\n" + methods,
            "c.yaml: phases: no element '9' in a list of 1; expected an index from 0 to 0"),
        suite(
            "a grid without values",
            "base: c.yaml\ngrid: {seed: []}\n" + methods,
            "suite.yaml: grid: 'seed': [] is not allowed; allowed: one value or more"));
  }

  @ParameterizedTest
  @MethodSource("suites")
  void of_a_suite(Bad bad) throws IOException {
    check(bad);
  }
}
