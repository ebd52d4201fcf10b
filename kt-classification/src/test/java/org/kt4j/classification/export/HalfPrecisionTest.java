package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.network.CifarResNetProvider.Shortcut;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Weights;
import org.kt4j.imagelevel.TrainedNetwork;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorProto;

class HalfPrecisionTest {

  private static final ExportOptions HALF = ExportOptions.defaults().precision(Precision.HALF);

  @TempDir private Path folder;

  private static TrainedNetwork with(TrainedNetwork classifier, String array, float value) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>(classifier.weights().arrays());
    Weights.Array old = classifier.weights().arrays().get(array);
    assertThat(old).isNotNull();
    float[] values = old.values().clone();
    values[0] = value;
    arrays.put(array, new Weights.Array(old.shape(), values));
    return Classifiers.of(
        classifier.network(),
        classifier.shape(),
        classifier.normalization(),
        arrays,
        classifier.classes().size());
  }

  @Test
  void the_file_has_half_the_size_and_the_logits_are_nearly_the_same() throws IOException {
    TrainedNetwork classifier = Classifiers.resNet(Shortcut.A, 16, 3);
    byte[] pixels = Classifiers.noise(16 * classifier.shape().bytes(), 1);
    ClassifierExport export = ClassifierExport.of(classifier, HALF);

    export.write(folder);

    long size = Files.size(folder.resolve("saved_model.pb"));
    // What is not weights is there twice.
    assertThat((double) size / export.facts().singleBytes()).isBetween(0.5, 0.6);
    try (ExportedClassifier half = ExportedClassifier.open(folder)) {
      float[] logits = half.logits(pixels, 16);
      Classifiers.assertClose(logits, Classifiers.logits(classifier, pixels, 16), 5e-2);
      assertThat(logits)
          .isNotEqualTo(
              Classifiers.exportedLogits(classifier, ExportOptions.defaults(), pixels, 16));
    }
  }

  @Test
  void kernels_and_matrices_are_halves_and_all_else_is_not() throws IOException {
    ClassifierExport export = ClassifierExport.of(Classifiers.small(3), HALF);

    List<TensorProto> constants =
        Classifiers.graph(export, folder).getNodeList().stream()
            .filter(node -> node.getOp().equals("Const"))
            .map(node -> node.getAttrOrThrow("value").getTensor())
            .toList();

    // Nine convolutions, two of them shortcuts, and a dense layer.
    assertThat(constants)
        .filteredOn(value -> value.getDtype() == DataType.DT_HALF)
        .hasSize(10)
        .allMatch(value -> value.getTensorShape().getDimCount() >= 2);
    // Of each a bias, and what pictures are normalised with.
    assertThat(constants)
        .filteredOn(
            value ->
                value.getDtype() == DataType.DT_FLOAT && value.getTensorShape().getDimCount() == 1)
        .hasSize(10 + 2);
    assertThat(constants)
        .filteredOn(value -> value.getDtype() == DataType.DT_FLOAT)
        .allMatch(value -> value.getTensorShape().getDimCount() < 2);
  }

  @Test
  void a_large_matrix_is_stored_in_pieces_and_comes_together_again() throws IOException {
    // 24 x 24 x 3 by 50: 86,400 numbers, five pieces of 16,384 and a rest. Multiples of 1/64 up to
    // 2
    // are halves, so nothing is rounded.
    Network network = (nn, images) -> nn.dense("dense", nn.flatten(images), 50);
    float[] numbers = new float[50 * 1728];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (i * 37 % 257 - 128) / 64f;
    }
    TrainedNetwork classifier =
        Classifiers.of(
            network,
            new ImageShape(24, 24, 3),
            Classifiers.COLOURS_AS_THEY_ARE,
            Map.of(
                "dense.weight",
                new Weights.Array(Shape.of(50, 1728), numbers),
                "dense.bias",
                new Weights.Array(Shape.of(50), new float[50])),
            50);
    byte[] pixels = Classifiers.noise(3 * 1728, 1);

    GraphDef graph = Classifiers.graph(ClassifierExport.of(classifier, HALF), folder);

    assertThat(graph.getNodeList())
        .filteredOn(node -> node.getOp().equals("Const"))
        .filteredOn(node -> type(node) == DataType.DT_HALF)
        .extracting(node -> node.getAttrOrThrow("value").getTensor().getTensorContent().size())
        .containsExactly(32768, 32768, 32768, 32768, 32768, 2 * (86400 - 5 * 16384));
    assertThat(Classifiers.exportedLogits(classifier, HALF, pixels, 3))
        .isEqualTo(Classifiers.exportedLogits(classifier, ExportOptions.defaults(), pixels, 3));
  }

  @Test
  void single_precision_has_no_halves() throws IOException {
    ClassifierExport export = ClassifierExport.of(Classifiers.small(3), ExportOptions.defaults());

    assertThat(Classifiers.graph(export, folder).getNodeList())
        .filteredOn(node -> node.getOp().equals("Const"))
        .extracting(HalfPrecisionTest::type)
        .doesNotContain(DataType.DT_HALF);
  }

  private static DataType type(NodeDef constant) {
    return constant.getAttrOrThrow("dtype").getType();
  }

  @ParameterizedTest
  @ValueSource(floats = {65505, -70000, Float.MAX_VALUE})
  void a_weight_that_half_precision_has_not_is_named(float value) {
    TrainedNetwork classifier = with(Classifiers.small(3), "linear.weight", value);

    ClassifierExport export = ClassifierExport.of(classifier, HALF);

    assertThatThrownBy(() -> export.write(folder))
        .isInstanceOf(ExportException.class)
        .hasMessageStartingWith("half precision: ")
        .hasMessageContaining("linear.weight")
        .hasMessageEndingWith(
            " holds "
                + Math.abs(value)
                + "; allowed: up to 65504.0; fix: export in single precision");
  }

  @Test
  void the_largest_half_and_any_bias_are_no_trouble() {
    TrainedNetwork weight = with(Classifiers.small(3), "linear.weight", 65504);
    TrainedNetwork bias = with(Classifiers.small(3), "linear.bias", 1e6f);
    byte[] pixels = Classifiers.noise(weight.shape().bytes(), 1);

    for (TrainedNetwork classifier : List.of(weight, bias)) {
      Classifiers.assertClose(
          Classifiers.exportedLogits(classifier, HALF, pixels, 1),
          Classifiers.logits(classifier, pixels, 1),
          5e-2);
    }
  }
}
