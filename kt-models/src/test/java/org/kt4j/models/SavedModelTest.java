package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Models written by TensorFlow itself, run by DJL in the same process, with results by hand. */
class SavedModelTest {

  private static final float[] ROWS = {1, -2, 3, -4, 5, -6};

  @TempDir private Path folder;

  @Test
  void outputs_come_by_name_in_the_order_asked_for() throws IOException {
    exportPlain(-1, Signature.DEFAULT_KEY);

    try (DjlModel model = open("sum", "positive")) {
      List<DjlModel.Output> outputs = model.run(Floats.direct(ROWS), 2, 3);

      assertThat(outputs.get(0).shape()).containsExactly(2, 1);
      assertThat(Floats.of(outputs.get(0))).containsExactly(20, -50); // ten times the sum
      assertThat(outputs.get(1).shape()).containsExactly(2, 3);
      assertThat(Floats.of(outputs.get(1))).containsExactly(1, 0, 3, 0, 5, 0);
      assertThat(model.knownOutputs()).containsExactly("positive", "sum");
    }
  }

  @Test
  void the_file_in_the_folder_stands_for_the_folder() throws IOException {
    exportPlain(-1, Signature.DEFAULT_KEY);
    Path file = folder.resolve("saved_model.pb");

    try (DjlModel model = DjlModel.open(file, ModelEngine.TENSORFLOW, "x", List.of("positive"))) {
      assertThat(Floats.of(model.run(Floats.direct(ROWS), 2, 3).get(0)))
          .containsExactly(1, 0, 3, 0, 5, 0);
    }
  }

  @Test
  void functions_inside_a_model_run_too() throws IOException {
    exportCallOfFunction();

    try (DjlModel model = open("largest", "negated")) {
      List<DjlModel.Output> outputs = model.run(Floats.direct(ROWS), 2, 3);

      assertThat(Floats.of(outputs.get(0))).containsExactly(3, 5);
      assertThat(Floats.of(outputs.get(1))).containsExactly(-1, 2, -3, 4, -5, 6);
    }
  }

  @Test
  void a_fixed_batch_is_run_in_chunks_and_joined() throws IOException {
    exportPlain(2, Signature.DEFAULT_KEY);
    float[] three = Arrays.copyOf(ROWS, 9); // the third row is zero

    try (DjlModel model = open("positive", "sum")) {
      List<DjlModel.Output> outputs = model.run(Floats.direct(three), 3, 3);

      assertThat(outputs.get(0).shape()).containsExactly(3, 3);
      assertThat(Floats.of(outputs.get(0))).containsExactly(1, 0, 3, 0, 5, 0, 0, 0, 0);
      assertThat(Floats.of(outputs.get(1))).containsExactly(20, -50, 0);
    }
  }

  @Test
  void unknown_names_and_shapes_are_told_with_the_known_ones() throws IOException {
    exportPlain(-1, Signature.DEFAULT_KEY);

    assertThatThrownBy(() -> open("sums"))
        .isInstanceOf(ModelException.class)
        .hasMessage(folder + ": unknown output 'sums'; known: positive, sum; did you mean 'sum'?");
    assertThatThrownBy(() -> DjlModel.open(folder, ModelEngine.TENSORFLOW, "input", List.of("sum")))
        .isInstanceOf(ModelException.class)
        .hasMessage(folder + ": unknown input 'input'; known: x");
    try (DjlModel model = open("sum")) {
      ByteBuffer values = Floats.direct(ROWS);
      assertThatThrownBy(() -> model.run(values, 3, 2))
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("its input 'x' was given the shape [3, 2]; allowed: [any, 3]");
    }
  }

  /** DJL would take the other signature, with a line in the log. */
  @Test
  void a_model_without_the_signature_is_refused() throws IOException {
    exportPlain(-1, "features");

    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder + ": has no signature 'serving_default'; it has: ")
        .hasMessageContaining("features")
        .hasMessageEndingWith("; fix: export the function under that name");
  }

  @Test
  void a_model_that_is_cut_short_or_lacks_its_variables_is_told() throws IOException {
    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessage(folder + ": holds no saved_model.pb; fix: give the folder of a SavedModel");

    exportPlain(-1, Signature.DEFAULT_KEY);
    Path file = folder.resolve("saved_model.pb");
    byte[] whole = Files.readAllBytes(file);

    Files.write(file, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder + ": is no whole SavedModel (");

    Files.write(file, new byte[0]);
    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder + ": is no SavedModel with the tag 'serve'");

    Files.write(file, whole);
    Path index = folder.resolve("variables").resolve("variables.index");
    Files.write(index, new byte[] {1, 2, 3});
    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(folder + ": DJL's TensorFlow engine cannot load it (")
        .hasMessageEndingWith("; fix: export the model anew, with its folder 'variables'");

    Files.delete(index);
    assertThatThrownBy(() -> open("sum"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            folder
                + ": lacks variables/variables.index; fix: copy the whole folder of the SavedModel");
  }

  @Test
  void memory_does_not_grow_with_the_number_of_runs() throws IOException {
    exportPlain(-1, Signature.DEFAULT_KEY);
    int rows = 50_000;
    ByteBuffer values = Floats.direct(new float[3 * rows]); // 600 kB

    try (DjlModel model = open("positive")) {
      model.run(values, rows, 3);
      long before = NativeMemory.atMost();
      for (int i = 0; i < 2_000; i++) {
        assertThat(model.run(values, rows, 3)).hasSize(1);
      }

      // Inputs and results that were kept would be 2.4 GB, of which the heap can hide a part; what
      // malloc keeps of what was freed is up to 0.2 GB, after 20,000 runs as well.
      assertThat(NativeMemory.atLeast() - before).isLessThan(500_000_000);
    }
  }

  private DjlModel open(String... outputs) {
    return DjlModel.open(folder, ModelEngine.TENSORFLOW, null, List.of(outputs));
  }

  /** {@code positive = relu(x)}, {@code sum = x * [10, 10, 10]}, the latter a variable. */
  private void exportPlain(long batch, String signature) throws IOException {
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x =
          tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(batch, 3)));
      Operand<TFloat32> ten = tf.variable(tf.constant(new float[][] {{10}, {10}, {10}}));
      Signature described =
          Signature.builder(signature)
              .input("x", x)
              .output("positive", tf.nn.relu(x))
              .output("sum", tf.linalg.matMul(x, ten)) // [B, 3] x [3, 1] -> [B, 1]
              .build();
      session.initialize();
      export(session, described);
    }
  }

  /** As TensorFlow 2 writes models: the graph holds little more than the call of a function. */
  private void exportCallOfFunction() throws IOException {
    NativeRuntime.start();
    try (ConcreteFunction function = ConcreteFunction.create(SavedModelTest::largestAndNegated);
        Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
      Map<String, Operand<?>> results = tf.call(function, Map.of("given", x));
      Signature.Builder described = Signature.builder(Signature.DEFAULT_KEY).input("x", x);
      results.forEach(described::output);
      export(session, described.build());
      assertThat(graph.operations())
          .toIterable()
          .extracting(GraphOperation::type)
          .anyMatch(type -> type.endsWith("PartitionedCall"))
          .doesNotContain("Neg", "Max");
    }
  }

  private static Signature largestAndNegated(Ops tf) {
    Placeholder<TFloat32> given =
        tf.placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 3)));
    return Signature.builder("largest-and-negated")
        .input("given", given)
        .output("largest", tf.max(given, tf.constant(1)))
        .output("negated", tf.math.neg(given))
        .build();
  }

  private void export(Session session, Signature signature) throws IOException {
    SavedModelBundle.exporter(folder.toString())
        .withFunction(SessionFunction.create(signature, session))
        .export();
  }
}
