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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.network.InceptionBnProvider;
import org.kt4j.engine.network.MobileNetV2Provider;
import org.kt4j.engine.network.PreActResNetProvider;
import org.kt4j.engine.network.VggProvider;
import org.kt4j.engine.network.WideResNetProvider;
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

  private static final ImageShape SMALL = new ImageShape(16, 16, 3);
  private static final ImageShape LARGER = new ImageShape(32, 32, 3);

  @TempDir private Path folder;

  /**
   * A member of a family.
   *
   * @param normalisations how many it has
   * @param kept those that have no convolution below, or one whose output something else reads
   */
  private record Member(
      String name, Supplier<TrainedNetwork> classifier, int normalisations, List<String> kept) {

    @Override
    public String toString() {
      return name;
    }
  }

  private static List<Member> members() {
    // Before activation, a block's first normalisation reads a sum, or, in the very first block,
    // the convolution that its shortcut reads, too; the last one reads a sum.
    List<String> preActivation = List.of("layer1.0.bn1", "layer2.0.bn1", "layer3.0.bn1", "bn");
    List<String> wide = List.of("block1.layer.0.bn1", "block2.layer.0.bn1", "block3.layer.0.bn1");
    return List.of(
        // bn1, then three blocks of two.
        new Member("resnet-8, a", () -> Classifiers.resNet(Shortcut.A, 4, 3), 7, List.of()),
        // And two shortcuts where the width changes.
        new Member("resnet-8, b", () -> Classifiers.resNet(Shortcut.B, 4, 3), 9, List.of()),
        // Three blocks of two, and the last.
        new Member(
            "preact-resnet-8",
            () ->
                Classifiers.random(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(8, 4, PreActResNetProvider.Block.BASIC),
                    SMALL),
            7,
            preActivation),
        // Three blocks of three, and the last. The first block widens to 16 channels, so that its
        // shortcut reads what is normalised and nobody else reads the convolution below.
        new Member(
            "preact-resnet-11",
            () ->
                Classifiers.random(
                    new PreActResNetProvider(),
                    new PreActResNetProvider.Options(11, 4, PreActResNetProvider.Block.BOTTLENECK),
                    SMALL),
            10,
            preActivation.subList(1, 4)),
        new Member(
            "wide-resnet-10-1",
            () ->
                Classifiers.random(
                    new WideResNetProvider(), new WideResNetProvider.Options(10, 1, 0), SMALL),
            7,
            List.of(wide.get(0), wide.get(1), wide.get(2), "bn1")),
        // Eight convolutions.
        new Member(
            "vgg-11",
            () ->
                Classifiers.random(
                    new VggProvider(),
                    new VggProvider.Options(11, true, VggProvider.Head.SMALL),
                    LARGER),
            8,
            List.of()),
        // conv1, eight modules of two branches and two of one.
        new Member(
            "inception-bn-small",
            () ->
                Classifiers.random(
                    new InceptionBnProvider(), new InceptionBnProvider.Options(true), SMALL),
            19,
            List.of()),
        // The first convolution, a block of two, 16 blocks of three, the last convolution.
        new Member(
            "mobilenet-v2",
            () ->
                Classifiers.random(
                    new MobileNetV2Provider(), new MobileNetV2Provider.Options(0.25, true), SMALL),
            52,
            List.of()),
        // bn1, four blocks of two, three shortcuts.
        new Member(
            "imagenet-resnet-10",
            () ->
                Classifiers.random(
                    new ImageNetResNetProvider(),
                    new ImageNetResNetProvider.Options(10, 4),
                    LARGER),
            12,
            List.of()));
  }

  @ParameterizedTest
  @MethodSource("members")
  void every_family_computes_what_it_computed_and_holds_nothing_but_constants(Member member)
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
    assertThat(export.facts().bytes())
        .isEqualTo(export.facts().singleBytes())
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
