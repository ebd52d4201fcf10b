package org.kt4j.classification.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kt4j.data.ImageShape;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.Graph;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;

class ExportedClassifierTest {

  @TempDir private Path folder;

  @BeforeEach
  void export() throws IOException {
    ClassifierExport.of(Classifiers.small(3), ExportOptions.defaults()).write(folder);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> assertThatItIsRefused() {
    return assertThatThrownBy(() -> ExportedClassifier.open(folder))
        .isInstanceOf(ModelException.class);
  }

  @Test
  void what_was_written_is_known_again() {
    try (ExportedClassifier open = ExportedClassifier.open(folder)) {
      assertThat(open.shape()).isEqualTo(new ImageShape(16, 16, 3));
      assertThat(open.classes())
          .containsExactly("class 0", "class 1", "class 2", "class 3", "class 4");
      assertThat(open.outputs()).containsExactly("logits", "probabilities");
      assertThatThrownBy(() -> open.output("logit", new byte[3], 1, 1, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "unknown output 'logit'; known: logits, probabilities; did you mean 'logits'?");
    }
  }

  @Test
  void a_folder_that_holds_no_model_is_told() throws IOException {
    Files.delete(folder.resolve("saved_model.pb"));

    assertThatItIsRefused()
        .hasMessage(
            folder
                + ": holds no exported model (model.onnx or saved_model.pb); fix: give the folder of"
                + " an export");
  }

  @Test
  void a_model_that_is_cut_short_is_told() throws IOException {
    Path file = folder.resolve("saved_model.pb");
    byte[] whole = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(whole, whole.length / 2));

    assertThatItIsRefused().hasMessageStartingWith(folder + ": is no whole SavedModel (");
  }

  @Test
  void a_model_that_tensorflow_wrote_is_refused_with_what_it_has() throws IOException {
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      Signature described =
          Signature.builder(Signature.DEFAULT_KEY)
              .input("x", x)
              .output("positive", tf.nn.relu(x))
              .output("sum", tf.sum(x, tf.constant(1)))
              .build();
      SavedModelBundle.exporter(folder.toString())
          .withFunction(SessionFunction.create(described, session))
          .export();
    }

    assertThatItIsRefused()
        .hasMessageStartingWith(
            folder
                + ": is no classifier that kt4j has exported, from images [any, any, any, 1 or 3] to"
                + " logits and probabilities: no signature serving_default like that; it has: ")
        .hasMessageContaining(
            "serving_default from x (float [any, 3]) to positive (float [any, 3]), sum (float"
                + " [any])")
        .hasMessageEndingWith("; fix: kt export a run");
  }

  private static GraphDef placeholder() {
    try (ImageGraph graph = new ImageGraph(new ImageShape(2, 2, 3))) {
      graph.tf().withName("x").placeholder(TFloat32.class);
      return graph.graph().toGraphDef();
    }
  }

  private static ServingModel.Port port(String key, long... sizes) {
    return new ServingModel.Port(
        key, "x", DataType.DT_FLOAT, Arrays.stream(sizes).boxed().toList());
  }

  @Test
  void every_signature_is_listed() throws IOException {
    new ServingModel(placeholder())
        .signature(
            "serving_default", List.of(port("images", -1, 3)), List.of(port("logits", -1, 5)))
        .signature("features", List.of(), List.of(port("map", -1, 7, 7, 4), port("all")))
        .write(folder);

    assertThatItIsRefused()
        .hasMessageContaining(
            "; it has: features from nothing to all (float []), map (float [any, 7, 7, 4]);"
                + " serving_default from images (float [any, 3]) to logits (float [any, 5]);"
                + " fix: kt export a run");
  }

  @Test
  void a_model_without_any_signature_has_none() throws IOException {
    new ServingModel(placeholder()).write(folder);

    assertThatItIsRefused().hasMessageEndingWith("; it has: none; fix: kt export a run");
  }

  @Test
  void a_model_that_tensorflow_does_not_load_is_told() throws IOException {
    GraphDef graph =
        GraphDef.newBuilder()
            .addNode(NodeDef.newBuilder().setName("x").setOp("NoSuchOperation"))
            .build();
    new ServingModel(graph)
        .signature(
            "serving_default",
            List.of(port("images", -1, -1, -1, 3)),
            List.of(port("logits", -1, 5), port("probabilities", -1, 5)))
        .write(folder);

    assertThatItIsRefused()
        .hasMessageStartingWith(folder + ": TensorFlow cannot load it (")
        .hasMessageContaining("NoSuchOperation")
        .hasMessageEndingWith("); fix: export it anew");
  }

  @Test
  void missing_classes_are_told() throws IOException {
    Files.delete(folder.resolve("synset.txt"));

    assertThatItIsRefused()
        .hasMessageStartingWith(folder.resolve("synset.txt") + ": cannot be read (")
        .hasMessageEndingWith("; fix: copy the whole folder of the export");
  }

  @Test
  void classes_of_another_number_are_told() throws IOException {
    Files.write(folder.resolve("synset.txt"), List.of("one", "two"));

    assertThatItIsRefused()
        .hasMessage(folder + ": synset.txt: 2 classes do not fit 5 logits; fix: export it anew");
  }

  @Test
  void classes_that_are_no_text_are_told() throws IOException {
    Files.write(folder.resolve("synset.txt"), new byte[] {(byte) 0xFF, (byte) 0xFE, 'a'});

    assertThatItIsRefused()
        .hasMessageStartingWith(folder.resolve("synset.txt") + ": cannot be read (");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "height=16", "height=16\nwidth=wide", "height=0\nwidth=16", "height=\\u00zz"})
  void damaged_properties_are_told(String properties) throws IOException {
    Files.writeString(folder.resolve("serving.properties"), properties);

    assertThatItIsRefused()
        .hasMessageStartingWith(
            folder.resolve("serving.properties") + ": height and width cannot be read (")
        .hasMessageEndingWith("; fix: copy the whole folder of the export");
  }

  @Test
  void missing_properties_are_told() throws IOException {
    Files.delete(folder.resolve("serving.properties"));

    assertThatItIsRefused().hasMessageContaining("height and width cannot be read (");
  }

  @Test
  void the_folder_is_not_needed_once_it_is_open() throws IOException {
    byte[] pixels = Classifiers.noise(2 * 16 * 16 * 3, 1);
    try (ExportedClassifier open = ExportedClassifier.open(folder)) {
      float[] before = open.logits(pixels, 2);

      FileSteps.deleteTree(folder);

      assertThat(open.logits(pixels, 2)).isEqualTo(before).hasSize(10);
    }
    Files.createDirectory(folder);
  }
}
