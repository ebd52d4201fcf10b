package org.kt4j.engine.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.api.Taps;
import org.kt4j.engine.config.ConfigurationException;
import org.kt4j.engine.data.ImageShape;
import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/**
 * TensorFlow graphs that the test writes. Pictures are one row of two pixels with three channels;
 * the map is the pictures as the model sees them, less one; the logits are the sum over the
 * positions of each of the map's first two channels, times a weight.
 */
class ModelTeacherTest {

  private static final ImageShape SHAPE = new ImageShape(1, 2, 3);
  private static final Normalization BYTES =
      new Normalization(List.of(0.0, 0.0, 0.0), List.of(1 / 255.0, 1 / 255.0, 1 / 255.0));
  private static final Map<String, String> OUTPUTS = Map.of(Taps.LOGITS, "logits", "map", "map");
  private static final byte[] PIXELS = {10, 20, 30, 40, 50, 60};

  @TempDir private Path folder;

  /** The operations of the model, by the name that each output has. */
  private static Map<String, Operand<TFloat32>> model(
      Ops tf, Operand<TFloat32> x, Operand<TFloat32> weight) {
    Operand<TFloat32> map = tf.withName("map").math.sub(x, tf.constant(1f));
    Operand<TFloat32> sums = tf.sum(map, tf.array(1, 2)); // [B, H, W, 3] -> [B, 3]
    Operand<TFloat32> firsts = tf.slice(sums, tf.array(0, 0), tf.array(-1, 2));
    Map<String, Operand<TFloat32>> outputs = new LinkedHashMap<>();
    outputs.put("map", map);
    outputs.put("logits", tf.withName("logits").math.mul(firsts, weight));
    return outputs;
  }

  private static Placeholder<TFloat32> input(Ops tf) {
    return tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
  }

  private Path frozen(String name, float weight) throws IOException {
    return frozen(name, (tf, x) -> model(tf, x, tf.constant(weight)));
  }

  private Path frozen(
      String name, BiFunction<Ops, Operand<TFloat32>, Map<String, Operand<TFloat32>>> built)
      throws IOException {
    try (Graph graph = NativeRuntime.newGraph()) {
      Ops tf = Ops.create(graph);
      assertThat(built.apply(tf, input(tf))).isNotEmpty();
      return Files.write(folder.resolve(name), graph.toGraphDef().toByteArray());
    }
  }

  /**
   * With a resource variable whose shared name is one of ours, which TensorFlow Java would not
   * save.
   */
  private Path savedModel(float weight) throws IOException {
    Path target = Files.createDirectories(folder.resolve("saved/variables")).resolveSibling("");
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = input(tf);
      VarHandleOp handle =
          tf.varHandleOp(
              TFloat32.class, Shape.scalar(), VarHandleOp.sharedName("student/linear.bias"));
      Operand<TFloat32> read = tf.readVariableOp(handle, TFloat32.class);
      // Fed, so that the graph is the same for every weight.
      Placeholder<TFloat32> first = tf.placeholder(TFloat32.class);
      var assign = tf.assignVariableOp(handle, first);
      try (TFloat32 value = TFloat32.scalarOf(weight)) {
        session.runner().feed(first, value).addTarget(assign).run().close();
      }
      Map<String, Operand<TFloat32>> outputs = model(tf, x, read);
      Placeholder<TString> prefix = tf.withName("prefix").placeholder(TString.class);
      Operand<TString> names = tf.array("weight");
      Operand<TString> whole = tf.array("");
      var save = tf.train.save(prefix, names, whole, List.of(read));
      Operand<TFloat32> restored =
          tf.train
              .restore(prefix, names, whole, List.of(TFloat32.class))
              .tensors()
              .get(0)
              .asOutput()
              .expect(TFloat32.class);
      var restore = tf.withName("restore").assignVariableOp(handle, restored);
      try (TString path = TString.scalarOf(target.resolve("variables/variables").toString())) {
        session.runner().feed(prefix, path).addTarget(save).run().close();
      }
      SignatureDef.Builder signature = SignatureDef.newBuilder();
      outputs.forEach((name, output) -> signature.putOutputs(name, info(output)));
      signature.putInputs("x", info(x));
      MetaGraphDef described =
          MetaGraphDef.newBuilder()
              .setMetaInfoDef(MetaGraphDef.MetaInfoDef.newBuilder().addTags("serve"))
              .setGraphDef(graph.toGraphDef())
              .setSaverDef(
                  SaverDef.newBuilder()
                      .setVersion(SaverDef.CheckpointFormatVersion.V2)
                      .setFilenameTensorName("prefix:0")
                      .setSaveTensorName("prefix:0")
                      .setRestoreOpName(restore.op().name()))
              .putSignatureDef(Signature.DEFAULT_KEY, signature.build())
              .build();
      Files.write(
          target.resolve("saved_model.pb"),
          SavedModel.newBuilder().addMetaGraphs(described).build().toByteArray());
    }
    return target;
  }

  private static TensorInfo info(Operand<TFloat32> tensor) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : tensor.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(tensor.op().name() + ":0")
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape)
        .build();
  }

  private Path madeOfFunctions() throws IOException {
    Path target = folder.resolve("functions");
    NativeRuntime.start();
    try (ConcreteFunction function =
            ConcreteFunction.create(
                tf -> {
                  Placeholder<TFloat32> given = input(tf);
                  Signature.Builder signature = Signature.builder("model").input("given", given);
                  model(tf, given, tf.constant(2f)).forEach(signature::output);
                  return signature.build();
                });
        Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = input(tf);
      export(session, x, tf.call(function, Map.of("given", x)), target);
    }
    return target;
  }

  private static void export(
      Session session,
      Placeholder<TFloat32> x,
      Map<String, ? extends Operand<?>> outputs,
      Path target)
      throws IOException {
    Signature.Builder signature = Signature.builder(Signature.DEFAULT_KEY).input("x", x);
    outputs.forEach(signature::output);
    SavedModelBundle.exporter(target.toString())
        .withFunction(SessionFunction.create(signature.build(), session))
        .export();
  }

  private static Teacher open(
      Path file,
      @Nullable TeacherEngine engine,
      TeacherInput input,
      Map<String, String> outputs,
      Normalization normalization) {
    return ModelTeacher.open("teacher", file, engine, input, outputs, normalization, SHAPE, 2);
  }

  private static Teacher open(Path file) {
    return open(file, null, TeacherInput.defaults(), OUTPUTS, BYTES);
  }

  private static TeacherInput seen(
      TeacherInput.Channels channels, TeacherInput.Scaling scaling, @Nullable List<Integer> size) {
    return new TeacherInput(null, null, channels, scaling, size);
  }

  private static float[] tap(Teacher teacher, String name) {
    try (ImageGraph graph = new ImageGraph(SHAPE)) {
      MountedTeacher mounted = teacher.mount(graph, "teacher", List.of(name));
      mounted.load();
      return graph.run(PIXELS, 1, mounted::feed, List.of(mounted.tap(name))).get(0);
    }
  }

  @Test
  void a_frozen_graph_is_part_of_the_training_graph() throws IOException {
    try (Teacher teacher = open(frozen("model.pb", 2))) {

      assertThat(teacher.source()).endsWith("model.pb (in the training graph)");
      assertThat(teacher.taps().shape("map").asArray()).containsExactly(-1, 1, 2, 3);
      assertThat(teacher.taps().shape(Taps.LOGITS).asArray()).containsExactly(-1, 2);
      assertThat(tap(teacher, "map")).containsExactly(9, 19, 29, 39, 49, 59);
      // 2 (9 + 39) and 2 (19 + 49)
      assertThat(tap(teacher, Taps.LOGITS)).containsExactly(96, 136);
    }
  }

  @Test
  void a_saved_model_becomes_constants_that_no_variable_of_ours_can_reach() throws IOException {
    try (Teacher teacher = open(savedModel(3));
        ImageGraph graph = new ImageGraph(SHAPE)) {
      Variables own = new Variables(graph.tf(), "student", 0);
      Variable bias = own.filled("linear.bias", Shape.scalar(), Variable.Kind.BIAS, 100f);
      MountedTeacher first = teacher.mount(graph, "teacher-a", List.of(Taps.LOGITS));
      MountedTeacher second = teacher.mount(graph, "teacher-b", List.of(Taps.LOGITS));
      graph.initialize(own.all());

      List<float[]> logits =
          graph.run(
              PIXELS,
              1,
              (runner, pixels) -> {
                first.feed(runner, pixels);
                return second.feed(runner, pixels);
              },
              List.of(first.tap(Taps.LOGITS), second.tap(Taps.LOGITS), bias.value()));

      assertThat(logits.get(0)).containsExactly(144, 204);
      assertThat(logits.get(1)).containsExactly(144, 204);
      assertThat(logits.get(2)).containsExactly(100);
      assertThat(graph.graph().operations())
          .toIterable()
          .filteredOn(operation -> operation.type().equals("VarHandleOp"))
          .hasSize(1);
    }
  }

  @Test
  void a_saved_model_made_of_functions_runs_beside_the_graph_and_says_so() throws IOException {
    Path file = madeOfFunctions();
    try (Teacher teacher = open(file)) {

      assertThat(teacher.source())
          .isEqualTo(
              file
                  + " (DJL, TensorFlow; it is made of functions, so it runs beside the training"
                  + " graph)");
      assertThat(tap(teacher, "map")).containsExactly(9, 19, 29, 39, 49, 59);
      assertThat(tap(teacher, Taps.LOGITS)).containsExactly(96, 136);
    }
    assertThatThrownBy(
            () -> open(file, TeacherEngine.IN_GRAPH, TeacherInput.defaults(), OUTPUTS, BYTES))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teacher.engine: in-graph is not possible: " + file)
        .hasMessageContaining("fix: leave engine out");
  }

  @Test
  void pictures_come_in_the_scaling_channels_and_size_of_the_model() throws IOException {
    Path file = frozen("model.pb", 1);
    Normalization half = new Normalization(List.of(0.0, 0.0, 0.0), List.of(0.5, 0.5, 0.5));
    var rgb = TeacherInput.Channels.RGB;
    var bgr = TeacherInput.Channels.BGR;
    var unit = TeacherInput.Scaling.UNIT;
    var bytes = TeacherInput.Scaling.BYTES;

    try (Teacher scaled = open(file, null, seen(rgb, unit, null), OUTPUTS, half);
        Teacher counted = open(file, null, seen(rgb, bytes, null), OUTPUTS, half);
        Teacher reversed = open(file, null, seen(bgr, unit, null), OUTPUTS, BYTES);
        Teacher larger = open(file, null, seen(rgb, unit, List.of(3, 4)), OUTPUTS, BYTES)) {

      // 10 / 255 / 0.5 - 1, and the same times 255 before the 1 is taken away.
      assertThat(tap(scaled, "map")[0]).isCloseTo(20 / 255f - 1, within(1e-6f));
      assertThat(tap(counted, "map")[0]).isCloseTo(19, within(1e-5f));
      assertThat(tap(reversed, "map")).containsExactly(29, 19, 9, 59, 49, 39);
      assertThat(larger.taps().shape("map").asArray()).containsExactly(-1, 3, 4, 3);
      // Half-pixel centres: columns at 0.25 beyond the left, a quarter, three quarters, the right.
      assertThat(tap(larger, "map")).startsWith(9, 19, 29, 16.5f, 26.5f, 36.5f, 31.5f);
    }
  }

  @Test
  void a_fingerprint_changes_with_all_that_changes_an_answer() throws IOException {
    Path file = frozen("model.pb", 1);
    TeacherInput plain = TeacherInput.defaults();
    TeacherInput bgr = seen(TeacherInput.Channels.BGR, TeacherInput.Scaling.UNIT, null);
    Normalization half = new Normalization(List.of(0.0, 0.0, 0.0), List.of(0.5, 0.5, 0.5));

    assertThat(
            List.of(
                open(file).fingerprint(),
                open(frozen("other.pb", 2)).fingerprint(),
                open(file, null, bgr, OUTPUTS, BYTES).fingerprint(),
                open(file, null, plain, OUTPUTS, half).fingerprint(),
                open(file, null, plain, Map.of(Taps.LOGITS, "logits"), BYTES).fingerprint()))
        .doesNotHaveDuplicates()
        .contains(open(file).fingerprint());
  }

  @Test
  void the_fingerprint_of_a_saved_model_covers_its_variables_whatever_was_named()
      throws IOException {
    List<String> fingerprints = new ArrayList<>();
    for (float weight : new float[] {3, 4}) {
      Path saved = savedModel(weight);
      fingerprints.add(open(saved).fingerprint());
      fingerprints.add(open(saved.resolve("saved_model.pb")).fingerprint());
    }

    // The two differ in their variables alone.
    assertThat(fingerprints.get(2)).isNotEqualTo(fingerprints.get(0));
    assertThat(fingerprints.get(3)).isNotEqualTo(fingerprints.get(1));
  }

  @Test
  void outputs_that_are_missing_or_misnamed_are_answered_with_those_that_exist()
      throws IOException {
    Path saved = savedModel(1);

    assertThatThrownBy(
            () -> open(saved, null, TeacherInput.defaults(), Map.of("map", "map"), BYTES))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teacher.outputs: which output of " + saved + " is logits?")
        .hasMessageContaining("It has: map, logits");
    assertThatThrownBy(
            () -> open(saved, null, TeacherInput.defaults(), Map.of(Taps.LOGITS, "logit"), BYTES))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("has no output 'logit'; known: map, logits")
        .hasMessageContaining("did you mean the operation 'logits'?");
  }

  @Test
  void the_only_output_is_the_logits() throws IOException {
    Path file =
        frozen(
            "single.pb",
            (tf, x) ->
                Map.of("y", tf.slice(tf.sum(x, tf.array(1, 2)), tf.array(0, 0), tf.array(-1, 2))));

    try (Teacher teacher = open(file, null, TeacherInput.defaults(), Map.of(), BYTES)) {
      assertThat(tap(teacher, Taps.LOGITS)).containsExactly(50, 70);
    }
  }

  @Test
  void logits_of_other_classes_and_taps_of_other_ranks_are_refused_together() throws IOException {
    Path file =
        frozen(
            "ranks.pb",
            (tf, x) -> {
              tf.withName("rows").sum(x, tf.array(1));
              return Map.of("sums", tf.withName("sums").sum(x, tf.array(1, 2)));
            });

    assertThatThrownBy(
            () ->
                open(
                    file,
                    null,
                    TeacherInput.defaults(),
                    Map.of(Taps.LOGITS, "sums", "rows", "rows"),
                    BYTES))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "teacher.outputs.logits: 'sums' of " + file + " gives [2, 3] for 2 pictures")
        .hasMessageContaining("the data has 2 classes; allowed: [2, 2]")
        .hasMessageContaining("teacher.outputs.rows: 'rows' of " + file + " gives [2, 2, 3]")
        .hasMessageContaining("a feature map of four axes or a vector of two");
  }

  @Test
  void a_layout_that_is_not_the_models_is_refused() throws IOException {
    Path file = frozen("model.pb", 1);
    TeacherInput nchw =
        new TeacherInput(
            null,
            TeacherInput.Layout.NCHW,
            TeacherInput.Channels.RGB,
            TeacherInput.Scaling.UNIT,
            List.of(4, 5));

    assertThatThrownBy(() -> open(file, null, nchw, OUTPUTS, BYTES))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("model.pb: its input 'x' wants [-1, -1, -1, 3]")
        .hasMessageContaining("the pictures come as [-1, 3, 4, 5]; fix: input.layout");
  }

  @Test
  void graphs_that_are_no_frozen_inference_graph_of_floats_are_refused() throws IOException {
    Path training =
        frozen(
            "training.pb",
            (tf, x) -> {
              Operand<TFloat32> ones = tf.constant(new float[] {1, 1, 1});
              Operand<TFloat32> none = tf.constant(new float[0]);
              return Map.of(
                  "y",
                  tf.sum(
                      tf.nn
                          .fusedBatchNorm(
                              x, ones, ones, none, none, FusedBatchNorm.isTraining(true))
                          .y(),
                      tf.array(1, 2)));
            });
    Path variable = frozen("variable.pb", (tf, x) -> model(tf, x, tf.variable(tf.constant(2f))));
    Path second = frozen("second.pb", (tf, x) -> model(tf, x, tf.placeholder(TFloat32.class)));
    Path integers =
        frozen(
            "integers.pb",
            (tf, x) ->
                model(
                    tf,
                    tf.dtypes.cast(
                        tf.withName("i")
                            .placeholder(TInt32.class, Placeholder.shape(Shape.of(-1, -1, -1, 3))),
                        TFloat32.class),
                    tf.constant(1f)));

    assertThatThrownBy(
            () -> open(training, null, TeacherInput.defaults(), Map.of(Taps.LOGITS, "Sum"), BYTES))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("training.pb: the graph is that of a training");
    assertThatThrownBy(() -> open(variable))
        .hasMessageContaining("variable.pb: the graph is not frozen")
        .hasMessageContaining("fix: freeze it, or give the SavedModel's folder");
    assertThatThrownBy(() -> open(second))
        .hasMessageContaining("second.pb: more than one placeholder leads to its outputs");
    assertThatThrownBy(() -> open(integers))
        .hasMessageContaining("integers.pb: the input 'i' is DT_INT32; allowed: DT_FLOAT");
  }

  @Test
  void a_file_that_is_no_model_is_refused() throws IOException {
    Path text = Files.writeString(folder.resolve("model.txt"), "no model");
    Path broken = Files.write(folder.resolve("broken.pb"), new byte[] {10, 100, 1, 2, 3});

    assertThatThrownBy(() -> open(folder.resolve("none.pb")))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teacher.model: ")
        .hasMessageContaining("there is no such file");
    assertThatThrownBy(() -> open(text))
        .hasMessageContaining("what kind of model is this? Known: .onnx; TorchScript")
        .hasMessageContaining("teacher.engine");
    assertThatThrownBy(() -> open(broken))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("broken.pb: is no whole TensorFlow graph");
  }
}
