package org.kt4j.models;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.ConcreteFunction;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.SessionFunction;
import org.tensorflow.Signature;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.op.core.VarHandleOp;
import org.tensorflow.op.core.Variable;
import org.tensorflow.op.train.Restore;
import org.tensorflow.op.train.Save;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SaverDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TString;

/**
 * One model for RGB pictures of any size and three classes, small enough to be followed by hand, in
 * several kinds of file.
 *
 * <pre>
 * stage   [B, H, W, 2]  relu(R - G) and relu(B) of each pixel
 * pooled  [B, 2]        their means r and b
 * logits  [B, 3]        r + 10 b, 2 r + 20 b, 3 r + 30 b, times a factor
 * </pre>
 */
final class TinyModels {

  private static final float[][][][] KERNEL = {{{{1, 0}, {-1, 0}, {0, 1}}}}; // [1, 1, 3, 2]
  private static final Shape PICTURES = Shape.of(-1, -1, -1, 3);

  private TinyModels() {}

  private static float[][] matrix(float factor) {
    return new float[][] {
      {factor, 2 * factor, 3 * factor}, {10 * factor, 20 * factor, 30 * factor}
    };
  }

  /** Every tensor that the class comment names, called so. */
  private static Operand<TFloat32> stage(
      Ops tf, Operand<TFloat32> pictures, Operand<TFloat32> kernel) {
    return tf.withName("stage")
        .nn
        .relu(tf.nn.conv2d(pictures, kernel, List.of(1L, 1L, 1L, 1L), "VALID"));
  }

  private static Operand<TFloat32> logits(
      Ops tf, Operand<TFloat32> stage, Operand<TFloat32> matrix) {
    Operand<TFloat32> pooled =
        tf.withName("pooled").math.mean(stage, tf.array(1, 2)); // [B, 2, 2, 2] -> [B, 2]
    return tf.withName("logits").linalg.matMul(pooled, matrix); // [B, 2] x [2, 3] -> [B, 3]
  }

  static Placeholder<TFloat32> pictures(Ops tf) {
    return tf.withName("x").placeholder(TFloat32.class, Placeholder.shape(PICTURES));
  }

  /** The model with its weights as constants, in a bare graph. */
  static Path frozen(Path file, float factor) throws IOException {
    return graph(
        file,
        tf ->
            logits(tf, stage(tf, pictures(tf), tf.constant(KERNEL)), tf.constant(matrix(factor))));
  }

  /** Any graph. */
  static Path graph(Path file, Consumer<Ops> built) throws IOException {
    try (Graph graph = NativeRuntime.newGraph()) {
      built.accept(Ops.create(graph));
      return Files.write(file, graph.toGraphDef().toByteArray());
    }
  }

  /** A graph from a file with an attribute left out wherever it stands. */
  static Path without(String attribute, Path from, Path to) throws IOException {
    GraphDef.Builder graph = GraphDef.parseFrom(Files.readAllBytes(from)).toBuilder();
    graph.getNodeBuilderList().forEach(node -> node.removeAttr(attribute));
    return Files.write(to, graph.build().toByteArray());
  }

  /** The model with reference variables, as TensorFlow 1 has them; the kernel's name is given. */
  static Path savedModel(Path folder, float factor, String sharedName) throws IOException {
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = pictures(tf);
      Operand<TFloat32> kernel =
          tf.withName("kernel").variable(tf.constant(KERNEL), Variable.sharedName(sharedName));
      Operand<TFloat32> stage = stage(tf, x, kernel);
      Operand<TFloat32> logits = logits(tf, stage, tf.variable(tf.constant(matrix(factor))));
      session.initialize();
      export(folder, session, signature(x, stage, logits));
    }
    return folder;
  }

  /**
   * The model with resource variables, as TensorFlow 2 has them; written by hand, because
   * TensorFlow's exporter for Java saves none of those.
   */
  static Path withResources(Path folder, float factor, String sharedName) throws IOException {
    Path variables = Files.createDirectories(folder.resolve("variables")).resolve("variables");
    try (Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      BiFunction<String, Shape, VarHandleOp> handle =
          (name, shape) -> tf.varHandleOp(TFloat32.class, shape, VarHandleOp.sharedName(name));
      VarHandleOp kernel = handle.apply(sharedName, Shape.of(1, 1, 3, 2));
      VarHandleOp matrix = handle.apply("matrix", Shape.of(2, 3));
      Operand<TFloat32> kernelNow = tf.readVariableOp(kernel, TFloat32.class);
      Operand<TFloat32> matrixNow = tf.readVariableOp(matrix, TFloat32.class);
      logits(tf, stage(tf, pictures(tf), kernelNow), matrixNow);

      Placeholder<TString> prefix =
          tf.withName("prefix").placeholder(TString.class, Placeholder.shape(Shape.scalar()));
      Operand<TString> names = tf.constant(NdArrays.vectorOfObjects("kernel", "matrix"));
      Operand<TString> whole = tf.constant(NdArrays.vectorOfObjects("", ""));
      Save save = tf.train.save(prefix, names, whole, List.of(kernelNow, matrixNow));
      Restore restored =
          tf.train.restore(prefix, names, whole, List.of(TFloat32.class, TFloat32.class));
      List<Op> assigned =
          List.of(
              tf.assignVariableOp(
                  kernel, restored.tensors().get(0).asOutput().expect(TFloat32.class)),
              tf.assignVariableOp(
                  matrix, restored.tensors().get(1).asOutput().expect(TFloat32.class)));
      tf.withName("restored").withControlDependencies(assigned).noOp();

      try (TString file = TString.scalarOf(variables.toString())) {
        session
            .runner()
            .addTarget((Op) tf.assignVariableOp(kernel, tf.constant(KERNEL)))
            .addTarget((Op) tf.assignVariableOp(matrix, tf.constant(matrix(factor))))
            .run()
            .close();
        session.runner().feed(prefix, file).addTarget((Op) save).run().close();
      }
      describe(
          folder,
          graph.toGraphDef(),
          SaverDef.newBuilder()
              .setFilenameTensorName("prefix:0")
              .setRestoreOpName("restored")
              .setSaveTensorName("prefix:0")
              .setVersion(SaverDef.CheckpointFormatVersion.V2)
              .build());
    }
    return folder;
  }

  /** The description of a SavedModel for a graph with x, stage and logits. */
  static Path describe(Path folder, GraphDef graph, SaverDef saver) throws IOException {
    MetaGraphDef.Builder description =
        MetaGraphDef.newBuilder().setGraphDef(graph).setSaverDef(saver);
    description.getMetaInfoDefBuilder().addTags("serve");
    description.putSignatureDef(
        Signature.DEFAULT_KEY,
        SignatureDef.newBuilder()
            .putInputs("x", floats("x:0", -1, 2, 2, 3))
            .putOutputs("stage", floats("stage:0", -1, 2, 2, 2))
            .putOutputs("logits", floats("logits:0", -1, 3))
            .build());
    SavedModel model = SavedModel.newBuilder().addMetaGraphs(description).build();
    Files.createDirectories(folder);
    Files.write(folder.resolve("saved_model.pb"), model.toByteArray());
    return folder;
  }

  private static TensorInfo floats(String tensor, long... axes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : axes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return TensorInfo.newBuilder()
        .setName(tensor)
        .setDtype(DataType.DT_FLOAT)
        .setTensorShape(shape)
        .build();
  }

  /** The model inside a function, as TensorFlow 2 exports one: the graph only calls it. */
  static Path functions(Path folder, float factor) throws IOException {
    NativeRuntime.start();
    try (ConcreteFunction function =
            ConcreteFunction.create(
                tf -> {
                  Placeholder<TFloat32> x = pictures(tf);
                  Operand<TFloat32> stage = stage(tf, x, tf.constant(KERNEL));
                  return signature(x, stage, logits(tf, stage, tf.constant(matrix(factor))));
                });
        Graph graph = NativeRuntime.newGraph();
        Session session = new Session(graph)) {
      Ops tf = Ops.create(graph);
      Placeholder<TFloat32> x = pictures(tf);
      Map<String, Operand<?>> results = tf.call(function, Map.of("x", x));
      Signature.Builder described = Signature.builder(Signature.DEFAULT_KEY).input("x", x);
      results.forEach(described::output);
      export(folder, session, described.build());
    }
    return folder;
  }

  private static Signature signature(
      Placeholder<TFloat32> x, Operand<TFloat32> stage, Operand<TFloat32> logits) {
    return Signature.builder(Signature.DEFAULT_KEY)
        .input("x", x)
        .output("stage", stage)
        .output("logits", logits)
        .build();
  }

  private static void export(Path folder, Session session, Signature signature) throws IOException {
    SavedModelBundle.exporter(folder.toString())
        .withFunction(SessionFunction.create(signature, session))
        .export();
  }

  /**
   * Another model, as ONNX: {@code seen} is its input as it comes, {@code logits} the means over
   * its last two axes. With three channels, or three rows in the other layout, that is three
   * classes.
   *
   * @param axes of its input behind the batch; 0 for any size
   */
  static Path onnx(Path file, int... axes) throws IOException {
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("Identity", "seen", "x"))
            .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "seen"))
            .part(1, TinyOnnx.node("Flatten", "logits", "mean"))
            .text(2, "tiny")
            .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, axes[0], axes[1], axes[2]))
            .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, 3));
    return Files.write(file, TinyOnnx.model(graph));
  }

  /** The same for NCHW pictures of 2 x 2, times a factor that lies in a file of its own. */
  static Path onnxWithWeightsBeside(Path file, Path weights, float factor) throws IOException {
    Files.write(
        weights, ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(factor).array());
    TinyOnnx.Message graph =
        new TinyOnnx.Message()
            .part(1, TinyOnnx.node("GlobalAveragePool", "mean", "x"))
            .part(1, TinyOnnx.node("Flatten", "flat", "mean"))
            .part(1, TinyOnnx.node("Mul", "logits", "flat", "factor"))
            .text(2, "tiny")
            .part(5, TinyOnnx.external("factor", String.valueOf(weights.getFileName()), 1))
            .part(11, TinyOnnx.value("x", TinyOnnx.FLOAT, 0, 3, 2, 2))
            .part(12, TinyOnnx.value("logits", TinyOnnx.FLOAT, 0, 3));
    return Files.write(file, TinyOnnx.model(graph));
  }
}
