package org.kt4j.cli.malformed;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.kt4j.cli.Kt;

/**
 * Small inputs in which nothing is wrong, made once: by hand what users bring, and by {@code kt}
 * what it writes itself.
 *
 * @param root the folder that they are in
 */
record ValidInputs(Path root) {

  private static final String COMPLETE = "complete";
  private static final int CIFAR_10_FILE = 10_000 * 3073;

  private static final String CLASSIFIER =
      """
      {
        "data": {"name": "shapes", "train": 64, "held-out": 16, "test": 16, "size": 16, "seed": 1},
        "student": {"network": "resnet-8", "width": 4},
        "batch-size": 16,
        "phases": [
          {"name": "first", "epochs": 1, "objective": [{"term": "cross-entropy", "weight": 1.0}]}
        ],
        "optimizer": {"name": "sgd", "learning-rate": 0.1, "nesterov": true},
        "schedule": {"name": "cosine", "warm-up-epochs": 0.5},
        "seed": 1
      }
      """;

  private static final String STUDENT =
      """
      {
        "data": {"name": "shapes", "train": 64, "held-out": 16, "test": 16, "size": 16},
        "teacher": {"run": "TEACHER", "weight": 1.0, "allow-weak": true},
        "student": {"network": "resnet-8", "width": 4, "shortcut": "a"},
        "augmentation": {"crop-padding": 2, "flip": true, "cutout": 0, "views": 2},
        "cache": {"folder": "CACHE", "precision": "single"},
        "batch-size": 16,
        "phases": [
          {
            "name": "distil",
            "epochs": 2,
            "objective": [
              {"term": "cross-entropy", "weight": 1.0, "label-smoothing": 0.1},
              {"term": "kd", "weight": 0.5, "temperature": 4.0, "standardize": false},
              {"term": "nst", "weight": 5.0, "layers": {"stage3": "stage3"}}
            ]
          }
        ],
        "optimizer": {"name": "sgd", "learning-rate": 0.01, "clip-norm": 5.0},
        "seed": 1
      }
      """;

  private static final String DETECTOR =
      """
      {
        "data": {
          "name": "shapes-detection", "train": 12, "held-out": 2, "test": 2, "height": 64, "width": 64
        },
        "student": {
          "network": "faster-rcnn",
          "backbone": {"network": "imagenet-resnet-10", "width": 8},
          "tap": "stage3", "height": 64, "width": 64, "anchor-scales": [32.0], "rpn-channels": 16,
          "head-units": 16, "candidates": 60, "proposals": 20, "sampled-regions": 16
        },
        "batch-size": 4,
        "phases": [{"name": "detect", "epochs": 1, "objective": [{"preset": "faster-rcnn"}]}],
        "optimizer": {"name": "sgd", "learning-rate": 0.01}
      }
      """;

  private static final String SUITE =
      """
      {
        "base": "student.yaml",
        "seeds": [1],
        "set": {"phases.0.epochs": 1},
        "methods": [
          {
            "name": "KD",
            "objective": [{"term": "cross-entropy"}, {"term": "kd", "weight": 1.0}],
            "set": {"batch-size": 16}
          }
        ]
      }
      """;

  /** Those in a folder, made now unless they are there. */
  static ValidInputs in(Path root) throws IOException {
    ValidInputs valid = new ValidInputs(root);
    if (!Files.exists(root.resolve(COMPLETE))) {
      valid.make();
      Files.createFile(root.resolve(COMPLETE));
    }
    return valid;
  }

  private void make() throws IOException {
    Files.createDirectories(root);
    Files.writeString(classifier(), CLASSIFIER);
    Files.writeString(detector(), DETECTOR);
    Files.writeString(
        student(),
        STUDENT.replace("TEACHER", teacherRun().toString()).replace("CACHE", cache().toString()));
    Files.writeString(suite(), SUITE);
    kt("train", classifier(), "--out", teacherRun());
    kt("train", student(), "--out", run());
    kt("export", run(), export());
    kt("report", run());
    pictures();
    voc();
    coco();
    cifar();
    mnist();
    TinyModels.onnx(models().resolve("model.onnx"));
    TinyModels.frozen(models().resolve("model.pb"));
    TinyModels.savedModel(models().resolve("model"));
    Files.write(models().resolve("model.pt"), new byte[] {'P', 'K', 3, 4, 20, 0, 0, 8});
  }

  private static void kt(Object... arguments) {
    String[] texts = new String[arguments.length];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = arguments[i].toString();
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
    int code = Kt.run(stream, stream, texts);
    assertThat(code).as(printed.toString(StandardCharsets.UTF_8)).isZero();
  }

  /** A configuration that trains a classifier without a teacher. */
  Path classifier() {
    return root.resolve("classifier.yaml");
  }

  /** A configuration with a teacher, fixed views and a cache. */
  Path student() {
    return root.resolve("student.yaml");
  }

  Path detector() {
    return root.resolve("detector.yaml");
  }

  /** A suite of {@link #student}. */
  Path suite() {
    return root.resolve("suite.yaml");
  }

  /** The complete run of {@link #classifier}. */
  Path teacherRun() {
    return root.resolve("teacher");
  }

  /** The complete run of {@link #student}, with a report. */
  Path run() {
    return root.resolve("run");
  }

  Path cache() {
    return root.resolve("cache");
  }

  /** The export of {@link #run}. */
  Path export() {
    return root.resolve("export");
  }

  /** One model of ten classes as ONNX, as a frozen graph and as a SavedModel, and a TorchScript. */
  Path models() {
    return root.resolve("models");
  }

  Path data(String name) {
    return root.resolve("data").resolve(name);
  }

  /** A picture for predictions. */
  Path picture() {
    return data("image-folder").resolve("train/ant/0.png");
  }

  private void pictures() throws IOException {
    for (String split : List.of("train", "test")) {
      for (String name : List.of("ant", "bee")) {
        for (int i = 0; i < 3; i++) {
          write(data("image-folder").resolve(split).resolve(name).resolve(i + ".png"), 10 + i);
        }
        write(data("image-folder").resolve(split).resolve(name).resolve("3.jpg"), 12);
      }
    }
  }

  private static void write(Path file, int size) throws IOException {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < size; y++) {
      for (int x = 0; x < size; x++) {
        image.setRGB(x, y, 0x10 * x + 0x1000 * y);
      }
    }
    Files.createDirectories(file.getParent());
    ImageIO.write(image, file.toString().endsWith(".png") ? "png" : "jpg", file.toFile());
  }

  private void voc() throws IOException {
    Path voc = data("voc");
    Files.createDirectories(voc.resolve("ImageSets/Main"));
    Files.createDirectories(voc.resolve("Annotations"));
    for (String set : List.of("train", "val", "test")) {
      String picture = set + "_1";
      write(voc.resolve("JPEGImages").resolve(picture + ".jpg"), 40);
      Files.writeString(voc.resolve("ImageSets/Main").resolve(set + ".txt"), picture + "\n");
      Files.writeString(
          voc.resolve("Annotations").resolve(picture + ".xml"),
          """
          <annotation>
            <size><width>40</width><height>40</height><depth>3</depth></size>
            <object>
              <name>cat</name>
              <difficult>0</difficult>
              <bndbox><xmin>2</xmin><ymin>3</ymin><xmax>20</xmax><ymax>30</ymax></bndbox>
            </object>
            <object>
              <name>dog</name>
              <bndbox><xmin>5</xmin><ymin>6.5</ymin><xmax>39</xmax><ymax>39</ymax></bndbox>
            </object>
          </annotation>"""); // No line end: whatever is cut off belongs to it.
    }
  }

  private void coco() throws IOException {
    Path coco = data("coco");
    Files.createDirectories(coco.resolve("annotations"));
    for (String set : List.of("train", "val", "test")) {
      write(coco.resolve(set).resolve("1.png"), 40);
      write(coco.resolve(set).resolve("2.jpg"), 30);
      Files.writeString(
          coco.resolve("annotations/instances_" + set + ".json"),
          """
          {
            "info": {"year": 2026, "contributor": "nobody"},
            "images": [
              {"id": 1, "file_name": "1.png", "width": 40, "height": 40},
              {"id": 2, "file_name": "2.jpg", "width": 30, "height": 30}
            ],
            "annotations": [
              {"id": 1, "image_id": 1, "category_id": 3, "bbox": [1.5, 2.5, 10.5, 20.25],
               "area": 200.5, "iscrowd": 0, "segmentation": [[1.5, 2.5, 3.5, 4.5, 5.5, 6.5]]},
              {"id": 2, "image_id": 2, "category_id": 9, "bbox": [0.5, 0.5, 9.5, 9.5],
               "area": 90.25, "iscrowd": 0}
            ],
            "categories": [
              {"id": 3, "name": "cat", "supercategory": "animal"},
              {"id": 9, "name": "ant", "supercategory": "animal"}
            ]
          }"""); // No line end, as above.
    }
  }

  /** Sparse files: 10,000 black pictures, of which every tenth has another label. */
  private void cifar() throws IOException {
    Files.createDirectories(data("cifar-10"));
    for (String file :
        List.of(
            "data_batch_1.bin",
            "data_batch_2.bin",
            "data_batch_3.bin",
            "data_batch_4.bin",
            "data_batch_5.bin",
            "test_batch.bin")) {
      try (RandomAccessFile sparse =
          new RandomAccessFile(data("cifar-10").resolve(file).toFile(), "rw")) {
        sparse.setLength(CIFAR_10_FILE);
        for (int record = 0; record < 1_000; record++) {
          sparse.seek(3073L * record);
          sparse.write(record % 10);
        }
      }
    }
  }

  private void mnist() throws IOException {
    Path mnist = Files.createDirectories(data("mnist"));
    for (String set : List.of("train", "t10k")) {
      byte[] images = new byte[16 + 20 * 28 * 28];
      ByteBuffer.wrap(images).putInt(0x803).putInt(20).putInt(28).putInt(28);
      byte[] labels = new byte[8 + 20];
      ByteBuffer.wrap(labels).putInt(0x801).putInt(20);
      for (int i = 0; i < 20; i++) {
        labels[8 + i] = (byte) (i % 10);
      }
      Files.write(mnist.resolve(set + "-labels-idx1-ubyte"), labels);
      Path compressed = mnist.resolve(set + "-images-idx3-ubyte.gz");
      try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(compressed))) {
        gzip.write(images);
      }
    }
  }
}
