package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFolder;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;
import org.kt4j.engine.network.Network;
import org.kt4j.imagelevel.TrainedNetwork;

/** ONNX exports against SavedModels of the same classifier. */
class OnnxExportTest {

  private static final ExportOptions ONNX = ExportOptions.defaults().format("onnx");

  @TempDir private Path folder;

  private Path written(TrainedNetwork classifier, ExportOptions options) throws IOException {
    Path to = Files.createTempDirectory(folder, "export");
    byte[] noise = Classifiers.noise(20 * classifier.shape().bytes(), 7);
    int bytes = classifier.shape().bytes();
    long[] sizes = {
      1, classifier.shape().height(), classifier.shape().width(), classifier.shape().channels()
    };
    ClassifierExport.of(classifier, options)
        .write(
            new ExportDetails(
                Map.of("run", "runs/a"),
                new ExportDetails.CalibrationPictures(
                    20,
                    "",
                    i ->
                        new ExportDetails.Input(
                            Arrays.copyOfRange(noise, i * bytes, (i + 1) * bytes), sizes))),
            to);
    return to;
  }

  private ExportedClassifier exported(TrainedNetwork classifier, ExportOptions options)
      throws IOException {
    return ExportedClassifier.open(written(classifier, options));
  }

  private static OnnxMl.ModelProto read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return OnnxMl.ModelProto.parseFrom(in);
    }
  }

  @ParameterizedTest
  @MethodSource("org.kt4j.classification.export.FamilyMember#all")
  void every_family_computes_what_its_saved_model_computes(FamilyMember member) throws IOException {
    TrainedNetwork classifier = member.classifier().get();
    try (ExportedClassifier saved = exported(classifier, ExportOptions.defaults());
        ExportedClassifier onnx = exported(classifier, ONNX)) {
      assertThat(onnx.outputs()).isEqualTo(saved.outputs());
      int[][] sizes = {
        {classifier.shape().height(), classifier.shape().width()},
        {333, 500},
        {100, 20},
        {9, 37},
        {1, 1},
        {64, 64}
      };
      for (int[] size : sizes) {
        byte[] pixels = Classifiers.noise(2 * size[0] * size[1] * 3, size[0]);
        for (String output : saved.outputs()) {
          Classifiers.assertClose(
              onnx.output(output, pixels, 2, size[0], size[1]),
              saved.output(output, pixels, 2, size[0], size[1]),
              // Single precision by itself is not nearer in 52 layers of random weights.
              member.name().equals("mobilenet-v2") ? 2e-5 : 1e-5);
        }
      }
    }
  }

  @Test
  void all_options_compute_the_same() throws IOException {
    for (int channels : List.of(1, 3)) {
      TrainedNetwork classifier = Classifiers.small(channels);
      byte[] pixels = Classifiers.noise(3 * classifier.shape().bytes(), 2);
      List<String> taps = List.of("stage2", "stage3.pre-relu");
      try (ExportedClassifier saved = exported(classifier, ExportOptions.defaults().taps(taps))) {
        for (ExportOptions options :
            List.of(
                ONNX.taps(taps),
                ONNX.taps(taps).unfolded(),
                ONNX.taps(taps).fixedSize(true),
                ONNX.taps(taps).input(ExportOptions.Input.FLOAT32),
                ONNX.taps(taps).input(ExportOptions.Input.FLOAT32).fixedSize(true))) {
          try (ExportedClassifier onnx = exported(classifier, options)) {
            for (String output : saved.outputs()) {
              Classifiers.assertClose(
                  onnx.output(output, pixels, 3, 16, 16),
                  saved.output(output, pixels, 3, 16, 16),
                  2e-5);
            }
          }
        }
      }
    }
  }

  @Test
  void half_the_precision_is_half_the_size() throws IOException {
    TrainedNetwork classifier = Classifiers.resNet(Shortcut.A, 16, 3);
    byte[] pixels = Classifiers.noise(16 * classifier.shape().bytes(), 1);
    Path single = written(classifier, ONNX);
    Path half = written(classifier, ONNX.precision(Precision.HALF));

    assertThat((double) Files.size(half.resolve("model.onnx")))
        .isBetween(
            0.5 * Files.size(single.resolve("model.onnx")),
            0.6 * Files.size(single.resolve("model.onnx")));
    try (ExportedClassifier exported = ExportedClassifier.open(half)) {
      Classifiers.assertClose(
          exported.logits(pixels, 16), Classifiers.logits(classifier, pixels, 16), 5e-2);
    }
  }

  @ParameterizedTest
  @MethodSource("org.kt4j.classification.export.FamilyMember#all")
  void a_parser_of_others_reads_what_it_is(FamilyMember member) throws IOException {
    for (ExportOptions options :
        List.of(ONNX, ONNX.int8(new Int8Options(20, 1, 100, 8, false, 1)))) {
      OnnxMl.ModelProto model =
          read(written(member.classifier().get(), options).resolve("model.onnx"));

      assertThat(model.getIrVersion()).isEqualTo(8);
      assertThat(model.getOpsetImportList()).hasSize(1);
      assertThat(model.getOpsetImport(0).getVersion()).isEqualTo(17);
      assertThat(model.getProducerName()).isEqualTo("kt4j");
      assertThat(model.getMetadataPropsList())
          .extracting(OnnxMl.StringStringEntryProto::getKey)
          .contains("run");
      OnnxMl.GraphProto graph = model.getGraph();
      assertThat(graph.getInputList())
          .extracting(OnnxMl.ValueInfoProto::getName)
          .containsExactly("images");
      assertThat(graph.getOutputList())
          .extracting(OnnxMl.ValueInfoProto::getName)
          .containsExactly("logits", "probabilities");
      Set<String> names = new HashSet<>();
      Set<String> known = new HashSet<>(Set.of("images", ""));
      graph.getInitializerList().forEach(each -> assertThat(known.add(each.getName())).isTrue());
      assertOrder(graph, known, names);
      assertThat(known).contains("logits", "probabilities");
      // What a viewer shows is what the network's code says.
      assertThat(names).contains("logits", "probabilities").noneMatch(String::isBlank);
    }
  }

  /** Each operation reads what is there, and gives what is not there yet. */
  private static void assertOrder(OnnxMl.GraphProto graph, Set<String> known, Set<String> names) {
    for (OnnxMl.NodeProto node : graph.getNodeList()) {
      assertThat(names.add(node.getName())).as(node.getName()).isTrue();
      assertThat(known).as(node.getName()).containsAll(node.getInputList());
      for (OnnxMl.AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          assertOrder(attribute.getG(), new HashSet<>(known), names);
        }
      }
      for (String output : node.getOutputList()) {
        assertThat(known.add(output)).as(output).isTrue();
      }
    }
  }

  private Map<String, Integer> operations(Path export) throws IOException, OrtException {
    return OptimizedOnnx.operations(
        export.resolve("model.onnx"), Files.createTempFile(folder, "optimized", ".onnx"));
  }

  @ParameterizedTest
  @MethodSource("org.kt4j.classification.export.FamilyMember#all")
  void in_8_bits_all_convolutions_and_sums_are_integer_operations(FamilyMember member)
      throws IOException, OrtException {
    TrainedNetwork classifier = member.classifier().get();
    Path single = written(classifier, ONNX);
    Path export = written(classifier, ONNX.int8(new Int8Options(20, 1, 100, 8, false, 1)));

    Map<String, Integer> counts = operations(export);

    Map<String, Integer> before = new TreeMap<>();
    read(single.resolve("model.onnx"))
        .getGraph()
        .getNodeList()
        .forEach(node -> before.merge(node.getOpType(), 1, Integer::sum));
    // A normalisation that is no part of a convolution becomes one.
    assertThat(counts.get("QLinearConv"))
        .isEqualTo(before.getOrDefault("Conv", 0) + before.getOrDefault("BatchNormalization", 0));
    assertThat(counts.get("QLinearAdd")).isEqualTo(before.get("Add"));
    assertThat(counts).containsEntry("QGemm", 1).containsEntry("QuantizeLinear", 1);
    assertThat(counts)
        .doesNotContainKeys(
            "Conv", "FusedConv", "Gemm", "MatMul", "Relu", "Clip", "DequantizeLinear", "Add");
  }

  @Test
  void an_export_stopped_anywhere_is_whole_the_next_time() throws IOException {
    ClassifierExport export = ClassifierExport.of(Classifiers.small(3), ONNX);
    ExportFolder.Content<Path> content =
        beside -> {
          export.write(beside);
          return beside;
        };
    Path whole = written(Classifiers.small(3), ONNX);
    int step = 0;
    boolean stopped = true;
    while (stopped) {
      Path within = Files.createDirectory(folder.resolve("stopped-" + step));
      Path to = within.resolve("export-onnx");

      stopped =
          FileSteps.stoppedBefore(
              step++,
              () -> new ExportFolder(to, ClassifierExport.files(ONNX), true).write(content));
      if (Files.exists(to)) {
        ExportedClassifier.open(to).close(); // which compares the checksums
      }
      new ExportFolder(to, ClassifierExport.files(ONNX), true).write(content);

      assertThat(within.toFile().list()).containsExactly("export-onnx");
      assertThat(to.toFile().list())
          .containsExactlyInAnyOrder(
              "SHA256SUMS", "djl.onnx", "model.onnx", "serving.properties", "synset.txt");
      assertThat(to.resolve("djl.onnx")).hasSameBinaryContentAs(whole.resolve("djl.onnx"));
    }
    assertThat(step).isGreaterThan(5);
  }

  @Test
  void the_model_for_djl_holds_no_weights() throws IOException {
    // So wide that every kernel has 1 KiB, also in 8 bits: the first 40 x 27 numbers.
    TrainedNetwork classifier = Classifiers.resNet(Shortcut.B, 40, 3);
    for (ExportOptions options :
        List.of(
            ONNX,
            ONNX.precision(Precision.HALF),
            ONNX.int8(new Int8Options(20, 1, 100, 8, false, 1)))) {
      Path export = written(classifier, options);
      OnnxMl.ModelProto whole = read(export.resolve("model.onnx"));
      OnnxMl.ModelProto picture = read(export.resolve("djl.onnx"));

      assertThat(Files.size(export.resolve("djl.onnx")))
          .isLessThan(Files.size(export.resolve("model.onnx")) / 5);
      assertThat(picture.getGraph().getInputList())
          .extracting(OnnxMl.ValueInfoProto::getName)
          .containsExactly("picture");
      assertThat(picture.getGraph().getOutputList())
          .extracting(OnnxMl.ValueInfoProto::getName)
          .containsExactly("probabilities");
      // Each large constant stands at that place of the other file.
      byte[] file = Files.readAllBytes(export.resolve("model.onnx"));
      Map<String, OnnxMl.TensorProto> constants = new TreeMap<>();
      whole.getGraph().getInitializerList().forEach(each -> constants.put(each.getName(), each));
      int outside = 0;
      for (OnnxMl.TensorProto each : picture.getGraph().getInitializerList()) {
        if (each.getDataLocation() == OnnxMl.TensorProto.DataLocation.EXTERNAL) {
          Map<String, String> place = new TreeMap<>();
          each.getExternalDataList().forEach(entry -> place.put(entry.getKey(), entry.getValue()));
          assertThat(place).containsEntry("location", "model.onnx");
          int offset = Integer.parseInt(place.getOrDefault("offset", ""));
          int length = Integer.parseInt(place.getOrDefault("length", ""));
          assertThat(Arrays.copyOfRange(file, offset, offset + length))
              .isEqualTo(
                  constants
                      .getOrDefault(each.getName(), OnnxMl.TensorProto.getDefaultInstance())
                      .getRawData()
                      .toByteArray());
          outside++;
        } else {
          assertThat(each.getRawData().size()).isLessThan(1024);
        }
      }
      assertThat(outside).isGreaterThanOrEqualTo(9); // kernels
    }
  }

  @Test
  void an_operation_without_translation_is_named() {
    Network network =
        (nn, images) -> {
          var flat = nn.tf().reshape(images, nn.tf().array(-1, 16 * 16 * 3));
          return nn.dense("linear", nn.tf().withName("odd").math.erf(flat), 5);
        };
    TrainedNetwork classifier = Classifiers.random(network, Classifiers.small(3).shape(), 5);

    assertThatThrownBy(() -> written(classifier, ONNX))
        .isInstanceOf(ExportException.class)
        .hasMessage(
            "ONNX: the operation Erf ('network/odd') has no translation; fix: build the network"
                + " from the layers of kt4j or from other operations, or export it as a SavedModel");
  }
}
