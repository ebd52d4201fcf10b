package org.kt4j.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.kt4j.engine.teacher.TeacherInput;
import org.kt4j.engine.teacher.TeacherInput.Channels;
import org.kt4j.engine.teacher.TeacherInput.Layout;
import org.kt4j.engine.teacher.TeacherInput.Scaling;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Operand;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.nn.FusedBatchNorm;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/** What a user reads whose model is not what it was taken for. */
class ModelTeacherErrorsTest {

  private static final Normalization BYTES =
      new Normalization(Collections.nCopies(3, 0.0), Collections.nCopies(3, 1 / 255.0));
  private static final Map<String, String> LOGITS = Map.of("logits", "logits");

  @TempDir private Path folder;

  private static AbstractThrowableAssert<?, ? extends Throwable> opening(
      Path file, Map<String, String> outputs) {
    return opening(file, null, TeacherInput.defaults(), outputs, 2, 3);
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> opening(
      Path file,
      @Nullable TeacherEngine engine,
      TeacherInput input,
      Map<String, String> outputs,
      int side,
      int classes) {
    return assertThatThrownBy(
        () ->
            ModelTeacher.open(
                "teacher",
                file,
                engine,
                input,
                ModelOutput.named(outputs),
                BYTES,
                new ImageShape(side, side, 3),
                classes));
  }

  @Test
  void a_missing_file_is_named() {
    Path file = folder.resolve("none.onnx");

    opening(file, LOGITS)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage("teacher.model: " + file + ": there is no such file");
  }

  @Test
  void a_file_of_no_known_kind_is_told_with_the_known_ones() throws IOException {
    Path file = Files.createFile(folder.resolve("net.h5"));

    opening(file, LOGITS)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.model: "
                + file
                + ": what kind of model is this? Known: .onnx; TorchScript as .pt, .pth or"
                + " .torchscript; a folder with saved_model.pb; a frozen TensorFlow graph as .pb;"
                + " fix: name it so, or say teacher.engine");
  }

  @Test
  void a_file_that_is_cut_short_is_told() throws IOException {
    Path whole = TinyModels.frozen(folder.resolve("whole.pb"), 1);
    byte[] bytes = Files.readAllBytes(whole);
    Path cut = Files.write(folder.resolve("cut.pb"), Arrays.copyOf(bytes, bytes.length / 2));
    Path empty = Files.createFile(folder.resolve("empty.pb"));

    opening(cut, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(cut + ": is no whole TensorFlow graph (");
    opening(empty, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessage(empty + ": holds no operations: it is empty; fix: copy or download it again");
  }

  @Test
  void outputs_without_logits_are_told_with_what_the_model_has() throws IOException {
    Path frozen =
        TinyModels.graph(
            folder.resolve("two.pb"),
            tf -> {
              Operand<TFloat32> x = TinyModels.pictures(tf);
              tf.withName("means").math.mean(x, tf.array(1, 2));
              tf.withName("largest").max(x, tf.array(1, 2));
            });
    Path onnx = TinyOnnx.write(folder.resolve("tiny.onnx"), 0, TinyOnnx.FLOAT);

    for (Map<String, String> outputs : List.of(Map.<String, String>of(), Map.of("a", "means"))) {
      opening(frozen, outputs)
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "teacher.outputs: which output of "
                  + frozen
                  + " is logits? It has: means, largest; fix: teacher.outputs: {logits: means}");
    }
    opening(onnx, Map.of("stage1", "positive"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.outputs: which output of "
                + onnx
                + " is logits? It has: doubled, mean; fix: teacher.outputs: {logits: doubled}");
  }

  @Test
  void an_unknown_output_is_told_with_the_known_ones() throws IOException {
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path saved = TinyModels.savedModel(folder.resolve("saved"), 1, "kernel");
    Path functions = TinyModels.functions(folder.resolve("functions"), 1);
    Path onnx = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);

    opening(frozen, Map.of("logits", "logit"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            frozen
                + ": has no output 'logit'; known: logits, and every operation of the graph; did"
                + " you mean the operation 'logits'?");
    opening(frozen, Map.of("logits", "logits:1"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            frozen + ": the operation 'logits' has no output 'logits:1'; it has 1, counted from 0");
    opening(frozen, Map.of("logits", "logits:first"))
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(frozen + ": has no output 'logits:first'; known: logits");
    for (Path each : List.of(saved, functions, onnx)) {
      opening(each, Map.of("logits", "logit"))
          .isInstanceOf(ModelException.class)
          .hasMessageStartingWith(each + ": ")
          .hasMessageContaining("output 'logit'; ")
          .hasMessageContaining("did you mean ");
    }
  }

  @Test
  void logits_of_another_number_of_classes_are_told() throws IOException {
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path onnx = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);

    for (Path each : List.of(frozen, onnx)) {
      opening(each, null, TeacherInput.defaults(), LOGITS, 2, 4)
          .isInstanceOf(ConfigurationException.class)
          .hasMessage(
              "teacher.outputs.logits: 'logits' of "
                  + each
                  + " gives [2, 3] for 2 pictures, and the data has 4 classes; allowed: [2, 4]");
    }
  }

  @Test
  void a_single_score_of_two_classes_is_told() throws IOException {
    Path score =
        TinyModels.graph(
            folder.resolve("score.pb"),
            tf -> {
              Operand<TFloat32> sums = tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2, 3));
              tf.withName("logits").math.sigmoid(tf.reshape(sums, tf.array(-1, 1)));
            });

    opening(score, null, TeacherInput.defaults(), LOGITS, 2, 2)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.outputs.logits: 'logits' of "
                + score
                + " gives [2, 1] for 2 pictures, and the data has 2 classes; allowed: [2, 2]; one"
                + " number is a score of one of the two classes; fix: export two, 0 and that score"
                + " before its sigmoid");
  }

  @Test
  void a_file_that_is_something_else_is_told_with_what_it_is() throws IOException {
    String page = "<html><body>404</body></html>";
    String pointer = "version https://git-lfs.github.com/spec/v1\n";
    for (String name : List.of("net.onnx", "net.pb", "NET.ONNX", "NET.PB")) {
      Path file = folder.resolve(name);

      Files.writeString(file, page);
      opening(file, LOGITS)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("it is a web page (HTML); fix: download the file itself");
      Files.writeString(file, pointer);
      opening(file, LOGITS)
          .isInstanceOf(ModelException.class)
          .hasMessageContaining("it is a pointer of Git LFS to the file; fix: git lfs pull");
    }
    Path saved = Files.createDirectory(folder.resolve("saved"));
    Files.writeString(saved.resolve("saved_model.pb"), page);
    opening(saved, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            saved
                + ": is no whole SavedModel (saved_model.pb: it is a web page (HTML); fix: download"
                + " the file itself)");
  }

  @Test
  void endings_may_be_upper_case() throws IOException {
    Path onnx = TinyModels.onnx(folder.resolve("TINY.ONNX"), 3, 2, 2);
    Path frozen = TinyModels.frozen(folder.resolve("TINY.PB"), 1);

    for (Path each : List.of(onnx, frozen)) {
      try (Teacher teacher =
          ModelTeacher.open(
              "teacher",
              each,
              null,
              TeacherInput.defaults(),
              ModelOutput.named(LOGITS),
              BYTES,
              new ImageShape(2, 2, 3),
              3)) {
        assertThat(teacher.taps().names()).contains("logits");
      }
    }
  }

  @Test
  void variables_that_are_missing_or_cut_short_are_told() throws IOException {
    Path saved = TinyModels.savedModel(folder.resolve("saved"), 1, "kernel");
    Path data = saved.resolve("variables").resolve("variables.data-00000-of-00001");

    Files.write(data, Arrays.copyOf(Files.readAllBytes(data), 5));
    opening(saved, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(saved + ": the variables cannot be loaded: ");
    Files.delete(data);
    opening(saved, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(saved + ": the variables cannot be loaded: ");
  }

  @Test
  void everything_that_is_no_tap_is_told_at_once() throws IOException {
    Path frozen =
        TinyModels.graph(
            folder.resolve("axes.pb"),
            tf -> {
              Operand<TFloat32> x = TinyModels.pictures(tf);
              Operand<TFloat32> rows =
                  tf.withName("rows").math.mean(x, tf.array(3)); // [B, 2, 2, 3] -> [B, 2, 2]
              tf.withName("all").math.mean(rows, tf.array(0, 1, 2)); // [B, 2, 2] -> []
              tf.withName("logits").math.mean(x, tf.array(1, 2)); // [B, 2, 2, 3] -> [B, 3]
              tf.withName("swapped").linalg.transpose(x, tf.array(1, 0, 2, 3));
            });

    opening(frozen, Map.of("logits", "logits", "a", "rows", "b", "all"))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(
            "teacher.outputs.a: 'rows' of "
                + frozen
                + " gives [2, 2, 2] for 2 pictures; allowed: a feature map of four axes or a vector"
                + " of two, the batch first")
        .hasMessageContaining("teacher.outputs.b: 'all' of " + frozen + " gives [] for 2 pictures");
    // With as many pictures as there are rows nobody could tell.
    opening(
            frozen,
            null,
            new TeacherInput(null, null, Channels.RGB, Scaling.UNIT, List.of(4, 4)),
            Map.of("logits", "logits", "c", "swapped"),
            2,
            3)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("teacher.outputs.c: 'swapped' of " + frozen + " gives [4, 2, 4, 3]");
  }

  @Test
  void a_tap_that_is_no_float_is_told() throws IOException {
    Path frozen =
        TinyModels.graph(
            folder.resolve("integers.pb"),
            tf -> {
              Operand<TFloat32> x = TinyModels.pictures(tf);
              Operand<TFloat32> logits = tf.withName("logits").math.mean(x, tf.array(1, 2));
              tf.withName("best").math.argMax(logits, tf.constant(1));
            });

    opening(frozen, Map.of("logits", "best"))
        .isInstanceOf(ModelException.class)
        .hasMessage(
            frozen + ": its output 'best' is DT_INT64; allowed: DT_FLOAT; fix: name another");
  }

  @Test
  void pictures_of_another_size_or_layout_are_told() throws IOException {
    Path flat =
        TinyModels.graph(
            folder.resolve("flat.pb"),
            tf ->
                tf.withName("logits")
                    .linalg
                    .matMul(
                        tf.reshape(
                            TinyModels.pictures(tf), tf.array(-1, 12)), // [B, 2, 2, 3] -> [B, 12]
                        tf.constant(new float[12][3])));
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    Path small =
        TinyModels.graph(
            folder.resolve("small.pb"),
            tf ->
                tf.withName("logits")
                    .math
                    .mean(
                        tf.withName("x")
                            .placeholder(TFloat32.class, Placeholder.shape(Shape.of(1, 2, 2, 3))),
                        tf.array(1, 2))); // of one picture at a time, which does not matter
    Path onnx = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);
    TeacherInput usual = TeacherInput.defaults();
    TeacherInput nchw = new TeacherInput(null, Layout.NCHW, Channels.RGB, Scaling.UNIT, null);
    TeacherInput nhwc = new TeacherInput(null, Layout.NHWC, Channels.RGB, Scaling.UNIT, null);

    // 2 x 5 x 5 x 3 numbers are no multiple of twelve.
    opening(flat, null, usual, LOGITS, 5, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(flat + ": does not take pictures of 5x5x3: ")
        .hasMessageEndingWith("; see input (layout, size)");
    opening(frozen, null, nchw, LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(frozen + ": does not take pictures of 2x2x3: ")
        .hasMessageEndingWith("; see input (layout, size)");
    // The placeholder is replaced, but what it says of its shape holds.
    opening(small, null, usual, LOGITS, 5, 3)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            small
                + ": does not take pictures of 5x5x3: its input 'x' wants [1, 2, 2, 3], they come"
                + " as [-1, 5, 5, 3]; see input (layout, size)");
    opening(onnx, null, usual, LOGITS, 5, 3)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            onnx
                + ": its input 'x' was given the shape [2, 3, 5, 5]; allowed: [any, 3, 2, 2]; fix:"
                + " the order of the axes or the size of the pictures");
    opening(onnx, null, nhwc, LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("[2, 2, 2, 3]; allowed: [any, 3, 2, 2]");
  }

  @Test
  void a_graph_that_normalises_by_the_batch_is_refused() throws IOException {
    Path training =
        TinyModels.graph(
            folder.resolve("training.pb"),
            tf -> {
              Operand<TFloat32> one = tf.constant(new float[] {1, 1, 1});
              Operand<TFloat32> none = tf.constant(new float[0]);
              Operand<TFloat32> normalised =
                  tf.withName("bn")
                      .nn
                      .fusedBatchNorm(
                          TinyModels.pictures(tf),
                          one,
                          one,
                          none,
                          none,
                          FusedBatchNorm.isTraining(true))
                      .y();
              tf.withName("logits").math.mean(normalised, tf.array(1, 2));
            });
    // An attribute may be left out that has its default, and the default is training.
    Path stripped = TinyModels.without("is_training", training, folder.resolve("stripped.pb"));

    for (Path each : List.of(training, stripped)) {
      opening(each, LOGITS)
          .isInstanceOf(ModelException.class)
          .hasMessage(
              each
                  + ": the graph is that of a training ('bn' normalises by the batch); fix: export"
                  + " the model for inference");
    }
  }

  @Test
  void a_graph_with_variables_that_are_nowhere_is_refused() throws IOException {
    Path reference =
        TinyModels.graph(
            folder.resolve("reference.pb"),
            tf ->
                tf.withName("logits")
                    .linalg
                    .matMul(
                        tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2)),
                        tf.withName("weights").variable(Shape.of(3, 3), TFloat32.class)));
    Path resource =
        TinyModels.graph(
            folder.resolve("resource.pb"),
            tf ->
                tf.withName("logits")
                    .linalg
                    .matMul(
                        tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2)),
                        tf.withName("weights")
                            .readVariableOp(
                                tf.varHandleOp(TFloat32.class, Shape.of(3, 3)), TFloat32.class)));

    for (Path each : List.of(reference, resource)) {
      opening(each, LOGITS)
          .isInstanceOf(ModelException.class)
          .hasMessage(
              each
                  + ": the graph is not frozen, 'weights' is a variable; fix: freeze it, or give the"
                  + " SavedModel's folder");
    }
  }

  /** Not only a call has a function; what has one cannot be imported without its library. */
  @Test
  void an_operation_with_a_function_inside_is_found() throws IOException {
    Path file;
    try (ConcreteFunction same =
        ConcreteFunction.create(
            tf -> {
              Placeholder<TFloat32> given = TinyModels.pictures(tf);
              return Signature.builder("same")
                  .input("given", given)
                  .output("result", tf.identity(given))
                  .build();
            })) {
      file =
          TinyModels.graph(
              folder.resolve("branches.pb"),
              tf -> {
                Operand<TFloat32> either =
                    tf.withName("either")
                        .statelessIf(
                            tf.constant(true),
                            List.of(TinyModels.pictures(tf)),
                            List.of(TFloat32.class),
                            same,
                            same)
                        .output()
                        .get(0)
                        .expect(TFloat32.class);
                tf.withName("logits").math.mean(either, tf.array(1, 2));
              });
    }

    opening(file, LOGITS)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("in-graph is not possible: " + file + " calls functions (either)");
  }

  @Test
  void a_variable_that_is_not_just_read_is_refused_with_another_way() throws IOException {
    Path gathered =
        TinyModels.graph(
            folder.resolve("gathered.pb"),
            tf -> {
              Operand<TFloat32> rows =
                  tf.withName("rows")
                      .resourceGather(
                          tf.withName("table").varHandleOp(TFloat32.class, Shape.of(9, 3)),
                          tf.array(0, 1, 2),
                          TFloat32.class);
              tf.withName("logits")
                  .linalg
                  .matMul(tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2)), rows);
            });

    Path saved =
        TinyModels.describe(
            folder.resolve("saved"),
            GraphDef.parseFrom(Files.readAllBytes(gathered)),
            SaverDef.getDefaultInstance());
    Files.createFile(
        Files.createDirectories(saved.resolve("variables")).resolve("variables.index"));

    opening(gathered, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("the graph is not frozen, 'table' is a variable; fix: freeze it");
    opening(saved, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            saved
                + ": the operation 'rows' (ResourceGather) uses a variable otherwise than by reading"
                + " it, which cannot be frozen; fix: engine: tensorflow");
  }

  @Test
  void inputs_that_nobody_can_choose_from_are_told() throws IOException {
    Path two =
        TinyModels.graph(
            folder.resolve("two.pb"),
            tf -> {
              Placeholder<TFloat32> rate = tf.withName("rate").placeholder(TFloat32.class);
              tf.withName("logits")
                  .math
                  .mul(tf.math.mean(TinyModels.pictures(tf), tf.array(1, 2)), rate);
            });
    Path none =
        TinyModels.graph(
            folder.resolve("none.pb"), tf -> tf.withName("logits").constant(new float[2][3]));
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);
    TeacherInput other = new TeacherInput("y", null, Channels.RGB, Scaling.UNIT, null);
    TeacherInput inner = new TeacherInput("stage", null, Channels.RGB, Scaling.UNIT, null);

    opening(two, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(
            two + ": more than one placeholder leads to its outputs; there are:")
        .hasMessageContaining("x")
        .hasMessageContaining("rate")
        .hasMessageEndingWith("; fix: freeze the graph with the others as constants");
    opening(none, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            none
                + ": no placeholder leads to its outputs; fix: name outputs that are computed from"
                + " pictures");
    opening(frozen, null, other, LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(frozen + ": has no input 'y'; known: ");
    opening(frozen, null, inner, LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            frozen
                + ": its input is the placeholder 'x', not 'stage'; fix: input.name: x, or leave it"
                + " out");
  }

  @Test
  void an_input_of_integers_is_refused() throws IOException {
    Path integers =
        TinyModels.graph(
            folder.resolve("bytes.pb"),
            tf -> {
              Placeholder<TUint8> x =
                  tf.withName("x")
                      .placeholder(TUint8.class, Placeholder.shape(Shape.of(-1, -1, -1, 3)));
              tf.withName("logits").math.mean(tf.dtypes.cast(x, TFloat32.class), tf.array(1, 2));
            });

    opening(integers, LOGITS)
        .isInstanceOf(ModelException.class)
        .hasMessage(
            integers
                + ": the input 'x' is DT_UINT8; allowed: DT_FLOAT; fix: export the model for"
                + " floats");
  }

  @Test
  void an_engine_that_does_not_fit_the_file_is_told() throws IOException {
    Path onnx = TinyModels.onnx(folder.resolve("tiny.onnx"), 3, 2, 2);
    Path frozen = TinyModels.frozen(folder.resolve("tiny.pb"), 1);

    opening(onnx, TeacherEngine.IN_GRAPH, TeacherInput.defaults(), LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(onnx + ": ");
    opening(frozen, TeacherEngine.TENSORFLOW, TeacherInput.defaults(), LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("fix: give the folder of a SavedModel");
    opening(frozen, TeacherEngine.ONNX, TeacherInput.defaults(), LOGITS, 2, 3)
        .isInstanceOf(ModelException.class)
        .hasMessageStartingWith(frozen + ": ");
  }

  @Test
  @Timeout(20)
  void a_pipe_is_refused_instead_of_waited_for() throws Exception {
    Path pipe = folder.resolve("pipe.onnx");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();

    opening(pipe, LOGITS)
        .isInstanceOf(ConfigurationException.class)
        .hasMessage(
            "teacher.model: " + pipe + ": is no regular file; allowed: a file, or a SavedModel");
  }
}
