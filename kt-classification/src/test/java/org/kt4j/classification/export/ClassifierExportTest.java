package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.engine.teacher.WeightsException;
import org.kt4j.imagelevel.TrainedNetwork;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;

class ClassifierExportTest {

  @TempDir private Path folder;

  @ParameterizedTest
  @MethodSource("org.kt4j.classification.export.FamilyMember#all")
  void every_family_computes_what_it_computed_and_holds_nothing_but_constants(FamilyMember member)
      throws IOException {
    TrainedNetwork classifier = member.classifier().get();
    byte[] pixels = Classifiers.noise(4 * classifier.shape().bytes(), 1);
    float[] expected = Classifiers.logits(classifier, pixels, 4);

    ClassifierExport export = ClassifierExport.of(classifier, ExportOptions.defaults());
    GraphDef graph = Classifiers.graph(export, folder);

    try (ExportedClassifier folded = ExportedClassifier.open(folder)) {
      float[] logits = folded.logits(pixels, 4);
      Classifiers.assertClose(logits, expected, 1e-4);
      assertSoftmax(folded.probabilities(pixels, 4), logits, 5);
    }
    Classifiers.assertClose(
        Classifiers.exportedLogits(classifier, ExportOptions.defaults().unfolded(), pixels, 4),
        expected,
        1e-5);
    assertThat(Classifiers.named(graph, "FusedBatchNormV3"))
        .containsExactlyInAnyOrderElementsOf(
            member.kept().stream().map(name -> "network/" + name).toList());
    assertThat(export.facts().normalisations()).isEqualTo(member.normalisations());
    assertThat(export.facts().folded()).isEqualTo(member.normalisations() - member.kept().size());
    assertThat(Classifiers.named(graph, "Placeholder")).containsExactly("serving_default_images");
    assertThat(graph.getNodeList())
        .extracting(NodeDef::getOp)
        .noneMatch(type -> type.contains("Var"));
    assertThat(graph.getLibrary().getFunctionCount()).isZero();
  }

  private static void assertSoftmax(float[] probabilities, float[] logits, int classes) {
    assertThat(probabilities).hasSameSizeAs(logits);
    for (int first = 0; first < logits.length; first += classes) {
      float[] row = Arrays.copyOfRange(logits, first, first + classes);
      double sum = 0;
      for (float logit : row) {
        sum += Math.exp(logit);
      }
      for (int k = 0; k < classes; k++) {
        assertThat((double) probabilities[first + k])
            .isCloseTo(Math.exp(row[k]) / sum, within(1e-5));
      }
    }
  }

  @Test
  void without_folding_every_normalisation_stays() throws IOException {
    ClassifierExport export =
        ClassifierExport.of(Classifiers.small(3), ExportOptions.defaults().unfolded());

    assertThat(Classifiers.named(Classifiers.graph(export, folder), "FusedBatchNormV3")).hasSize(9);
    assertThat(export.facts().folded()).isZero();
    assertThat(export.facts().normalisations()).isEqualTo(9);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void bytes_and_numbers_from_0_to_1_get_the_same_logits(int channels) {
    TrainedNetwork classifier = Classifiers.small(channels);
    byte[] pixels = Classifiers.noise(8 * classifier.shape().bytes(), 2);
    float[] expected = Classifiers.logits(classifier, pixels, 8);

    for (ExportOptions.Input input : ExportOptions.Input.values()) {
      Classifiers.assertClose(
          Classifiers.exportedLogits(classifier, ExportOptions.defaults().input(input), pixels, 8),
          expected,
          1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(ExportOptions.Input.class)
  void a_batch_of_any_size_gets_what_each_of_its_pictures_gets(ExportOptions.Input input) {
    TrainedNetwork classifier = Classifiers.small(3);
    byte[] pixels = Classifiers.noise(64 * 20 * 9 * 3, 3);
    int bytes = 20 * 9 * 3;

    try (ExportedClassifier exported =
        ExportedClassifier.of(
            ClassifierExport.of(classifier, ExportOptions.defaults().input(input)))) {
      float[] expected = new float[64 * 5];
      for (int i = 0; i < 64; i++) {
        byte[] one = Arrays.copyOfRange(pixels, i * bytes, (i + 1) * bytes);
        System.arraycopy(exported.output("logits", one, 1, 20, 9), 0, expected, 5 * i, 5);
      }
      for (int size : new int[] {1, 7, 64}) {
        byte[] some = Arrays.copyOf(pixels, size * bytes);
        Classifiers.assertClose(
            exported.output("logits", some, size, 20, 9), Arrays.copyOf(expected, 5 * size), 1e-5);
      }
    }
  }

  @Test
  void the_signatures_are_those_that_are_promised() throws IOException {
    ClassifierExport.of(
            Classifiers.small(1),
            ExportOptions.defaults()
                .input(ExportOptions.Input.FLOAT32)
                .taps(List.of("stage2", "pooled")))
        .write(folder);

    MetaGraphDef model = SavedModelFile.graph(folder);

    assertThat(model.getSignatureDefMap()).containsOnlyKeys("serving_default", "probabilities");
    var signature = model.getSignatureDefOrThrow("serving_default");
    assertThat(signature.getMethodName()).isEqualTo("tensorflow/serving/predict");
    assertThat(signature.getInputsMap()).containsOnlyKeys("images");
    var images = signature.getInputsOrThrow("images");
    assertThat(images.getDtype()).isEqualTo(DataType.DT_FLOAT);
    assertThat(sizes(images.getTensorShape())).containsExactly(-1L, -1L, -1L, 1L);
    assertThat(signature.getOutputsMap())
        .containsOnlyKeys("logits", "probabilities", "stage2", "pooled");
    assertThat(sizes(signature.getOutputsOrThrow("logits").getTensorShape()))
        .containsExactly(-1L, 5L);
    // Of 16x16 pictures the second stage has half the size and twice the channels.
    assertThat(sizes(signature.getOutputsOrThrow("stage2").getTensorShape()))
        .containsExactly(-1L, 8L, 8L, 8L);
    var ofDjl = model.getSignatureDefOrThrow("probabilities");
    assertThat(ofDjl.getOutputsMap()).containsOnlyKeys("probabilities");
    assertThat(ofDjl.getInputsMap()).containsOnlyKeys("images");
    assertThat(ofDjl.getInputsOrThrow("images").getDtype()).isEqualTo(DataType.DT_UINT8);
  }

  private static List<Long> sizes(TensorShapeProto shape) {
    return shape.getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
  }

  @Test
  void taps_are_what_they_are_in_the_network() {
    TrainedNetwork classifier = Classifiers.small(3);
    byte[] pixels = Classifiers.noise(4 * classifier.shape().bytes(), 4);
    List<String> taps = List.of("stage1", "stage2.pre-relu", "pooled");
    List<float[]> expected = new ArrayList<>();
    try (Teacher teacher = classifier.teacher();
        ImageGraph graph = new ImageGraph(classifier.shape())) {
      MountedTeacher mounted = teacher.mount(graph, "expected", taps);
      mounted.load();
      expected.addAll(
          graph.run(pixels, 4, mounted::feed, taps.stream().map(mounted::tap).toList()));
    }

    List<String> oneOfThemTwice = new ArrayList<>(taps);
    oneOfThemTwice.add("stage1");
    try (ExportedClassifier exported =
        ExportedClassifier.of(
            ClassifierExport.of(classifier, ExportOptions.defaults().taps(oneOfThemTwice)))) {
      assertThat(exported.outputs())
          .containsExactly("logits", "pooled", "probabilities", "stage1", "stage2.pre-relu");
      for (int t = 0; t < taps.size(); t++) {
        float[] found = exported.output(taps.get(t), pixels, 4, 16, 16);
        Classifiers.assertClose(found, expected.get(t), 1e-4);
      }
    }
  }

  @Test
  void an_unknown_tap_is_told_with_the_nearest() {
    TrainedNetwork classifier = Classifiers.small(3);
    ExportOptions options = ExportOptions.defaults().taps(List.of("stage4"));

    assertThatThrownBy(() -> ClassifierExport.of(classifier, options))
        .isInstanceOf(ExportException.class)
        .hasMessage(
            "unknown tap 'stage4'; known: stage1.pre-relu, stage1, stage2.pre-relu, stage2,"
                + " stage3.pre-relu, stage3, pooled; did you mean 'stage1'?");
  }

  @Test
  void weights_of_another_network_are_refused() {
    TrainedNetwork small = Classifiers.small(3);
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(small.weights().arrays());
    arrays.remove("linear.bias");
    TrainedNetwork without =
        Classifiers.of(small.network(), small.shape(), small.normalization(), arrays, 5);

    assertThatThrownBy(() -> ClassifierExport.of(without, ExportOptions.defaults()))
        .isInstanceOf(WeightsException.class)
        .hasMessageContaining("linear.bias is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two\nlines", "ended\n", "\rbegun"})
  void a_class_that_is_no_line_is_refused(String name) {
    TrainedNetwork small = Classifiers.small(3);
    TrainedNetwork named =
        new TrainedNetwork(
            small.network(),
            small.shape(),
            small.normalization(),
            small.weights(),
            List.of("a", "b", "c", "d", name));

    assertThatThrownBy(() -> ClassifierExport.of(named, ExportOptions.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "classes: '" + name + "' is no line of synset.txt; allowed: one line, not blank");
  }

  @Test
  void the_facts_are_those_of_the_network_and_the_file() throws IOException {
    ClassifierExport export = ClassifierExport.of(Classifiers.small(3), ExportOptions.defaults());

    export.write(folder);

    // Kernels, then scales and offsets, of widths 4, 8 and 16, and the dense layer.
    int kernels = 9 * (3 * 4 + 2 * 4 * 4 + 4 * 8 + 8 * 8 + 8 * 16 + 16 * 16) + 4 * 8 + 8 * 16;
    int normalisations = 2 * (4 + 2 * 4 + 3 * 8 + 3 * 16);
    assertThat(export.facts().parameters()).isEqualTo(kernels + normalisations + 16 * 5 + 5);
    // A kernel's numbers count twice for each position: 256 of the first, 64 and 16 of the others.
    int multiplied =
        256 * 9 * (3 * 4 + 2 * 4 * 4)
            + 64 * (9 * (4 * 8 + 8 * 8) + 4 * 8)
            + 16 * (9 * (8 * 16 + 16 * 16) + 8 * 16)
            + 16 * 5;
    assertThat(export.facts().flops()).isEqualTo(2L * multiplied);
    assertThat(export.facts().singleBytes())
        .isEqualTo(Files.size(folder.resolve("saved_model.pb")));
  }

  @Test
  void djl_is_told_what_goes_in_and_how_many_classes_there_are() throws IOException {
    ClassifierExport.of(
            Classifiers.small(1), ExportOptions.defaults().input(ExportOptions.Input.FLOAT32))
        .write(folder);

    Properties properties = new Properties();
    try (var in = Files.newInputStream(folder.resolve("serving.properties"))) {
      properties.load(in);
    }
    assertThat(properties)
        .containsEntry("engine", "TensorFlow")
        .containsEntry("option.SignatureDefKey", "probabilities")
        .containsEntry("option.Tags", "serve")
        .containsEntry("flag", "GRAYSCALE")
        .containsEntry("toTensor", "false")
        .containsEntry("applySoftmax", "false")
        .containsEntry("topK", "5");
    assertThat(Files.readAllLines(folder.resolve("synset.txt")))
        .containsExactly("class 0", "class 1", "class 2", "class 3", "class 4");
  }
}
