package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.engine.model.ModelException;

/** A model written byte by byte, with results worked out by hand. */
class OnnxModelTest {

  /** Two channels of 2 x 2: positive {1, 0, 3, 0} and {0.5, 0.5, 0, 2}, mean 1 and 0.75. */
  private static final float[] PICTURE = {1, -2, 3, -4, .5f, .5f, -1, 2};

  @TempDir private Path folder;

  @Test
  void listed_outputs_come_in_the_order_asked_for() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    try (DjlModel model = open(file, "mean", "doubled", "mean")) {
      List<DjlModel.Output> outputs = model.run(Floats.direct(PICTURE), 1, 2, 2, 2);

      assertThat(outputs).hasSize(3);
      assertThat(outputs.get(0).shape()).containsExactly(1, 2, 1, 1);
      assertThat(Floats.of(outputs.get(0))).containsExactly(1, .75f);
      assertThat(Floats.of(outputs.get(1))).containsExactly(2, 1.5f);
      assertThat(Floats.of(outputs.get(2))).containsExactly(1, .75f);
      assertThat(outputs.get(0).values().order()).isEqualTo(ByteOrder.nativeOrder());
      assertThat(model.knownOutputs()).containsExactly("doubled", "mean");
    }
  }

  @Test
  void an_internal_tensor_is_an_output_if_asked_for() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    try (DjlModel model = open(file, "positive", "doubled")) {
      List<DjlModel.Output> outputs = model.run(Floats.direct(PICTURE), 1, 2, 2, 2);

      assertThat(outputs.get(0).shape()).containsExactly(1, 2, 2, 2);
      assertThat(Floats.of(outputs.get(0))).containsExactly(1, 0, 3, 0, .5f, .5f, 0, 2);
      assertThat(Floats.of(outputs.get(1))).containsExactly(2, 1.5f);
      assertThat(model.knownOutputs()).containsExactly("doubled", "mean");
    }
  }

  /** As large models have them; the copy with one more output has no place of its own. */
  @Test
  void weights_in_a_file_beside_the_model_are_found() throws IOException {
    byte[] ten = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(10).array();
    Files.write(folder.resolve("weights.bin"), ten);
    TinyOnnx.Message graph =
        TinyOnnx.graph(0, TinyOnnx.FLOAT)
            .part(5, TinyOnnx.external("ten", "weights.bin", 1))
            .part(1, TinyOnnx.node("Mul", "tenfold", "mean", "ten"));
    Path file =
        Files.write(
            folder.resolve("listed.onnx"),
            TinyOnnx.model(graph.part(12, TinyOnnx.value("tenfold", TinyOnnx.FLOAT, 0, 2, 1, 1))));

    for (String[] outputs : new String[][] {{"tenfold"}, {"tenfold", "positive"}}) {
      try (DjlModel model = open(file, outputs)) {
        assertThat(Floats.of(model.run(Floats.direct(PICTURE), 1, 2, 2, 2).get(0)))
            .containsExactly(10, 7.5f);
      }
    }
  }

  @Test
  void a_part_of_a_buffer_is_read_and_left_as_it_was() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);
    float[] three = new float[24];
    System.arraycopy(PICTURE, 0, three, 8, 8);
    ByteBuffer values = Floats.direct(three).position(32).limit(64);

    try (DjlModel model = open(file, "mean")) {
      List<DjlModel.Output> outputs = model.run(values, 1, 2, 2, 2);

      assertThat(Floats.of(outputs.get(0))).containsExactly(1, .75f);
      assertThat(values.position()).isEqualTo(32);
      assertThat(values.limit()).isEqualTo(64);
    }
  }

  @Test
  void a_fixed_batch_is_run_in_chunks_and_joined() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("fixed.onnx"), 2, TinyOnnx.FLOAT);
    float[] five = new float[40];
    for (int i = 0; i < 5; i++) {
      Arrays.fill(five, 8 * i, 8 * i + 4, i + 1); // means i + 1 and 0
    }

    try (DjlModel model = open(file, "mean", "positive")) {
      for (int count : new int[] {5, 2, 1, 4, 5}) {
        ByteBuffer values = Floats.direct(Arrays.copyOf(five, 8 * count));

        List<DjlModel.Output> outputs = model.run(values, count, 2, 2, 2);

        assertThat(outputs.get(0).shape()).containsExactly(count, 2, 1, 1);
        assertThat(Floats.of(outputs.get(0)))
            .containsExactly(Arrays.copyOf(new float[] {1, 0, 2, 0, 3, 0, 4, 0, 5, 0}, 2 * count));
        assertThat(Floats.of(outputs.get(1))).containsExactly(Arrays.copyOf(five, 8 * count));
      }
    }
  }

  @Test
  void an_output_without_the_batch_first_cannot_be_joined() throws IOException {
    TinyOnnx.Message graph =
        TinyOnnx.graph(2, TinyOnnx.FLOAT)
            .part(1, TinyOnnx.node("ReduceMax", "largest", "x"))
            .part(12, TinyOnnx.value("largest", TinyOnnx.FLOAT, 1, 1, 1, 1));
    Path file = Files.write(folder.resolve("fixed.onnx"), TinyOnnx.model(graph));

    try (DjlModel model = open(file, "largest")) {
      assertThat(Floats.of(model.run(Floats.direct(new float[16]), 2, 2, 2, 2).get(0)))
          .containsExactly(0);
      assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 1, 2, 2, 2))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(
              file
                  + ": was exported for the batch size 2 and gives 'largest' the shape [1, 1, 1, 1]")
          .hasMessageEndingWith("fix: export the model with a variable batch size");
    }
  }

  @Test
  void an_unknown_output_is_told_with_the_nearest_one() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    assertThatThrownBy(() -> open(file, "positiv"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            file
                + ": unknown output 'positiv'; listed: doubled, mean; any internal tensor may be named"
                + " too; did you mean 'positive'?");
    assertThatThrownBy(() -> open(file, "x"))
        .hasMessageContaining("unknown output 'x'; listed: doubled, mean;");
  }

  @Test
  void an_input_is_found_by_name_and_weights_are_none() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    try (DjlModel model = open(file, "x", List.of("mean"))) {
      assertThat(Floats.of(model.run(Floats.direct(PICTURE), 1, 2, 2, 2).get(0)))
          .containsExactly(1, .75f);
    }
    assertThatThrownBy(() -> open(file, "two", List.of("mean")))
        .isInstanceOf(ModelException.class)
        .hasMessage(file + ": unknown input 'two'; known: x");
  }

  @Test
  void more_inputs_than_one_and_other_types_are_refused() throws IOException {
    TinyOnnx.Message graph =
        TinyOnnx.graph(0, TinyOnnx.FLOAT).part(11, TinyOnnx.value("mask", TinyOnnx.FLOAT, 0));
    Path several = Files.write(folder.resolve("several.onnx"), TinyOnnx.model(graph));
    Path signed = TinyOnnx.write(folder.resolve("signed.onnx"), 0, TinyOnnx.INT8);
    Path wide = TinyOnnx.write(folder.resolve("wide.onnx"), 5, TinyOnnx.INT64);

    assertThatThrownBy(() -> open(several, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(several + ": has 2 inputs (x, mask); allowed: one");
    assertThatThrownBy(() -> open(signed, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            signed
                + ": its input 'x' takes int8 of the shape [any, 2, 2, 2]; allowed: float32, float16,"
                + " float64, uint8 (pixels from 0 to 255); fix: export the model so, with the"
                + " operation in the file that makes int8 of it (QuantizeLinear)");
    assertThatThrownBy(() -> open(wide, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            wide
                + ": its input 'x' takes int64 of the shape [5, 2, 2, 2]; allowed: float32, float16,"
                + " float64, uint8 (pixels from 0 to 255); fix: export the model so");
  }

  @Test
  void an_output_of_another_type_is_refused() throws IOException {
    TinyOnnx.Message graph =
        TinyOnnx.graph(0, TinyOnnx.FLOAT).part(1, TinyOnnx.node("Shape", "sizes", "x"));
    Path file = Files.write(folder.resolve("sizes.onnx"), TinyOnnx.model(graph));

    try (DjlModel model = open(file, "sizes")) {
      assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 1, 2, 2, 2))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(
              file
                  + ": its output 'sizes' is int64; allowed: float32, float16, float64 or quantised whole numbers; fix:");
    }
  }

  @Test
  void a_shape_that_does_not_fit_is_told_with_the_allowed_one() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    try (DjlModel model = open(file, "mean")) {
      assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 1, 4, 2))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              file
                  + ": its input 'x' was given the shape [1, 4, 2]; allowed: [any, 2, 2, 2]; fix: the"
                  + " order of the axes or the size of the pictures");
      assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 1, 1, 4, 2))
          .hasMessageContaining("given the shape [1, 1, 4, 2]; allowed: [any, 2, 2, 2]");
      assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 2, 2, 2, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("32 bytes are no float32 of the shape [2, 2, 2, 2]");
      assertThatThrownBy(() -> model.run(ByteBuffer.allocate(32), 1, 2, 2, 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("direct buffer in native order");
    }
  }

  @Test
  void a_file_that_is_missing_cut_short_or_something_else_is_told() throws IOException {
    Path missing = folder.resolve("none.onnx");
    byte[] whole = Files.readAllBytes(TinyOnnx.write(folder.resolve("a.onnx"), 0, TinyOnnx.FLOAT));
    Path text = Files.writeString(folder.resolve("text.onnx"), "version https://git-lfs\n");
    Path empty = Files.write(folder.resolve("empty.onnx"), new byte[0]);

    assertThatThrownBy(() -> open(missing, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessage(missing + ": there is no such file");
    // Each of them ends inside the graph, behind which only the operator set stands.
    for (int length : new int[] {3, 10, 50, 100, whole.length - 20}) {
      Path cut = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> open(cut, "mean"))
          .as("%s bytes", length)
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(cut + ": is no ");
    }
    assertThatThrownBy(() -> open(text, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            text + ": is no whole ONNX model (it is a pointer of Git LFS to the")
        .hasMessageEndingWith("; fix: git lfs pull)");
    assertThatThrownBy(() -> open(empty, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessage(empty + ": is no ONNX model: it is empty; fix: copy or download it again");
  }

  @Test
  void what_onnx_runtime_refuses_is_told_with_its_reason() throws IOException {
    TinyOnnx.Message graph =
        TinyOnnx.graph(0, TinyOnnx.FLOAT).part(1, TinyOnnx.node("NoSuchThing", "odd", "x"));
    Path file = Files.write(folder.resolve("odd.onnx"), TinyOnnx.model(graph));

    assertThatThrownBy(() -> open(file, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(file + ": DJL's OnnxRuntime engine cannot load it (")
        .hasMessageContaining("NoSuchThing");
  }

  @Test
  void memory_does_not_grow_with_the_number_of_runs() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);
    int pictures = 20_000;
    ByteBuffer values = Floats.direct(new float[pictures * 8]); // 640 kB

    try (DjlModel model = open(file, "positive")) {
      model.run(values, pictures, 2, 2, 2);
      long before = NativeMemory.atMost();
      for (int i = 0; i < 3_000; i++) {
        assertThat(model.run(values, pictures, 2, 2, 2)).hasSize(1);
      }

      // Results that were kept would be 1.9 GB, of which the heap can hide a part.
      assertThat(NativeMemory.atLeast() - before).isLessThan(500_000_000);
    }
  }

  @Test
  void a_closed_model_says_so() throws IOException {
    Path file = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);
    DjlModel model = open(file, "mean");
    model.close();
    model.close();

    assertThatThrownBy(() -> model.run(Floats.direct(PICTURE), 1, 2, 2, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(file + " is closed");
  }

  private static DjlModel open(Path file, String... outputs) {
    return open(file, null, List.of(outputs));
  }

  private static DjlModel open(Path file, @Nullable String input, List<String> outputs) {
    return DjlModel.open(file, ModelEngine.ONNX_RUNTIME, input, outputs);
  }

  /** The numbers are those of the fields of TypeProto in {@code onnx.proto}. */
  @Test
  void an_output_that_is_no_tensor_is_told_with_what_it_is() throws IOException {
    Map<Integer, String> kinds =
        Map.of(4, "sequence", 5, "map", 8, "sparse tensor", 9, "optional value");
    for (Map.Entry<Integer, String> kind : kinds.entrySet()) {
      TinyOnnx.Message type = new TinyOnnx.Message().part(kind.getKey(), new TinyOnnx.Message());
      TinyOnnx.Message graph =
          TinyOnnx.graph(0, TinyOnnx.FLOAT)
              .part(1, TinyOnnx.node("SequenceConstruct", "several", "mean"))
              .part(12, new TinyOnnx.Message().text(1, "several").part(2, type));
      Path file = Files.write(folder.resolve("several.onnx"), TinyOnnx.model(graph));

      assertThatThrownBy(() -> open(file, "several"))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              file
                  + ": its output 'several' is a "
                  + kind.getValue()
                  + "; allowed: a tensor of float32; fix: name another, or export the model with a"
                  + " tensor there (skl2onnx: options={'zipmap': False})");
    }
  }

  @Test
  void a_missing_file_of_weights_is_named() throws IOException {
    for (String name : List.of("tiny.onnx.data", "gone/weights.bin", "a\0b")) {
      TinyOnnx.Message graph =
          TinyOnnx.graph(0, TinyOnnx.FLOAT)
              .part(5, TinyOnnx.external("ten", name, 1))
              .part(1, TinyOnnx.node("Mul", "tenfold", "mean", "ten"));
      Path file = Files.write(folder.resolve("tiny.onnx"), TinyOnnx.model(graph));

      assertThatThrownBy(() -> open(file, "tenfold"))
          .isInstanceOf(ModelException.class)
          .hasMessage(
              file
                  + ": keeps weights in the file "
                  + name.replace('\0', '?')
                  + ", which is not there; fix: copy it beside the model, or save the model in one"
                  + " file (onnx.save(onnx.load(file), other))");
    }
  }

  /** Each graph within a graph takes three messages: a node, its attribute, and the graph. */
  @Test
  void graphs_within_graphs_are_read_as_deep_as_protobuf_reads_them() throws IOException {
    Path deep = Files.write(folder.resolve("deep.onnx"), TinyOnnx.model(nested(32)));
    Path deeper = Files.write(folder.resolve("deeper.onnx"), TinyOnnx.model(nested(5_000)));

    assertThat(OnnxFile.read(deep).outputs()).containsExactly("doubled", "mean");
    assertThatThrownBy(() -> OnnxFile.read(deeper))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            deeper
                + ": nests its graphs (If, Loop, Scan) too deeply; allowed: 100 messages within each"
                + " other, as protobuf reads; fix: simplify the model, as by onnxsim");
  }

  private static TinyOnnx.Message nested(int depth) {
    TinyOnnx.Message inner = new TinyOnnx.Message().text(2, "innermost");
    for (int i = 0; i < depth; i++) {
      TinyOnnx.Message node =
          TinyOnnx.node("If", "either")
              .part(5, new TinyOnnx.Message().text(1, "then_branch").part(6, inner));
      inner = i == depth - 1 ? TinyOnnx.graph(0, TinyOnnx.FLOAT) : new TinyOnnx.Message();
      inner.part(1, node);
    }
    return inner;
  }

  /** Groups are older than ONNX; a million bytes that open one each would be a million calls. */
  @Test
  void groups_are_refused() throws IOException {
    byte[] groups = new byte[1_000_000];
    Arrays.fill(groups, (byte) (1 << 3 | 3));
    Path file = Files.write(folder.resolve("groups.onnx"), groups);

    assertThatThrownBy(() -> OnnxFile.read(file))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("is no whole ONNX model (it holds a group, which no ONNX model does");
  }

  /** Of initializers, of constants, and of both inside the branch of an If. */
  @Test
  void every_file_that_numbers_lie_in_is_known() throws IOException {
    for (String beside : List.of("a", "b", "c", "d")) {
      Files.createFile(folder.resolve(beside));
    }
    TinyOnnx.Message constant =
        TinyOnnx.node("Constant", "c")
            .part(
                5, new TinyOnnx.Message().text(1, "value").part(5, TinyOnnx.external("", "b", 1)));
    TinyOnnx.Message inner =
        TinyOnnx.node("Constant", "d")
            .part(
                5, new TinyOnnx.Message().text(1, "value").part(5, TinyOnnx.external("", "c", 1)));
    TinyOnnx.Message branch =
        new TinyOnnx.Message().part(1, inner).part(5, TinyOnnx.external("e", "d", 1));
    Path file =
        Files.write(
            folder.resolve("beside.onnx"),
            TinyOnnx.model(
                new TinyOnnx.Message()
                    .part(1, constant)
                    .part(
                        1,
                        TinyOnnx.node("If", "f", "c")
                            .part(5, new TinyOnnx.Message().text(1, "then_branch").part(6, branch)))
                    .part(5, TinyOnnx.external("a", "a", 1))
                    .part(12, TinyOnnx.value("f", TinyOnnx.FLOAT, 1))));

    OnnxFile onnx = OnnxFile.read(file);

    assertThat(onnx.filesBeside())
        .containsExactly(
            folder.resolve("a"), folder.resolve("b"), folder.resolve("c"), folder.resolve("d"));
    // What a branch computes is no tensor of the graph.
    assertThat(onnx.tensors()).containsExactlyInAnyOrder("c", "f");
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for() throws Exception {
    Path pipe = folder.resolve("pipe.onnx");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    assertThatThrownBy(() -> open(pipe, "mean"))
        .isInstanceOf(ModelException.class)
        .hasMessage(pipe + ": is no regular file; allowed: a file, or a SavedModel");
  }
}
