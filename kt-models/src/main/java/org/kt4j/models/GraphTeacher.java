package org.kt4j.models;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kt4j.api.TapShapes;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherEngine;
import org.tensorflow.GraphOperation;
import org.tensorflow.Operand;
import org.tensorflow.Output;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.EnsureShape;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.TensorShapeProto;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A TensorFlow graph of another tool, imported into the graph that it is mounted in, under a prefix
 * of its own, with every weight a constant. Its placeholder is replaced by operations that lead
 * there from the pictures' bytes, so that no activation passes through the JVM.
 */
final class GraphTeacher implements Teacher {

  /** Where the operations stand that prepare the pictures. */
  private static final String PREPARATION = "kt4j-input";

  private static final AttrValue TRUE = AttrValue.newBuilder().setB(true).build();

  private final ModelSource model;
  private final GraphDef definition;
  private final Map<String, String> tensors;
  private final TapShapes taps;

  /** Of each output, in our layout, with any number of pictures. */
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  private GraphTeacher(ModelSource model, GraphDef definition, Map<String, String> tensors) {
    this.model = model;
    this.definition = definition;
    this.tensors = tensors;
    Map<String, Shape> tried = tried();
    this.taps = model.taps(tried);
    tried.forEach((tap, shape) -> shapes.put(tap, anyBatch(shape)));
  }

  private static Shape anyBatch(Shape shape) {
    long[] axes = shape.asArray();
    axes[0] = Shape.UNKNOWN_SIZE;
    return Shape.of(axes);
  }

  static GraphTeacher open(ModelSource named, PlainGraph graph) {
    ModelSource model = named.withLogits(graph.listedOutputs());
    Map<String, String> tensors = new LinkedHashMap<>();
    model
        .outputs()
        .forEach(
            (tap, output) ->
                tensors.put(tap, graph.tensor("output", output.output(), graph.outputs())));
    List<NodeDef> nodes = graph.frozen(graph.upstream(tensors.values()));
    requireInference(graph, nodes);
    NodeDef input = input(model, graph, nodes);
    return new GraphTeacher(model, fed(model, nodes, input), tensors);
  }

  private static void requireInference(PlainGraph graph, List<NodeDef> nodes) {
    for (NodeDef node : nodes) {
      // An attribute may be left out that has its default, which is true here.
      if (node.getOp().startsWith("FusedBatchNorm")
          && node.getAttrOrDefault("is_training", TRUE).getB()) {
        throw new ModelException(
            graph.file(),
            "the graph is that of a training ('"
                + node.getName()
                + "' normalises by the batch); fix: export the model for inference");
      }
    }
  }

  private static NodeDef input(ModelSource model, PlainGraph graph, List<NodeDef> nodes) {
    List<NodeDef> placeholders =
        nodes.stream().filter(node -> node.getOp().startsWith("Placeholder")).toList();
    String named = model.input().name();
    String wanted =
        named == null
            ? null
            : TensorName.parse(graph.tensor("input", named, graph.inputs())).operation();
    if (placeholders.isEmpty()) {
      throw new ModelException(
          graph.file(),
          "no placeholder leads to its outputs; fix: name outputs that are computed from pictures");
    }
    if (placeholders.size() > 1) {
      throw new ModelException(
          graph.file(),
          "more than one placeholder leads to its outputs; there are: "
              + String.join(", ", placeholders.stream().map(NodeDef::getName).toList())
              + "; fix: freeze the graph with the others as constants");
    }
    NodeDef input = placeholders.get(0);
    if (wanted != null && !wanted.equals(input.getName())) {
      throw new ModelException(
          graph.file(),
          "its input is the placeholder '"
              + input.getName()
              + "', not '"
              + named
              + "'; fix: input.name: "
              + input.getName()
              + ", or leave it out");
    }
    DataType type = input.getAttrOrThrow("dtype").getType();
    if (type != DataType.DT_FLOAT) {
      throw new ModelException(
          graph.file(),
          "the input '"
              + input.getName()
              + "' is "
              + type
              + "; allowed: DT_FLOAT; fix: export the model for floats");
    }
    return input;
  }

  /** The operations behind those that prepare the pictures. */
  private static GraphDef fed(ModelSource model, List<NodeDef> nodes, NodeDef input) {
    GraphDef.Builder whole;
    String prepared;
    try (ImageGraph graph = new ImageGraph(model.shape())) {
      Ops tf = graph.tf().withSubScope(PREPARATION);
      Operand<TFloat32> pictures = model.pictures().prepared(graph, tf, model.normalization());
      requireShape(model, input, pictures.shape());
      prepared = pictures.asOutput().op().name();
      whole = graph.graph().toGraphDef().toBuilder();
    }
    for (NodeDef node : nodes) {
      if (node.getName().equals(input.getName())) {
        continue;
      }
      if (node.getName().equals("images") || node.getName().startsWith(PREPARATION + "/")) {
        throw new ModelException(
            model.file(), "the operation '" + node.getName() + "' has a name that is ours");
      }
      NodeDef.Builder builder = node.toBuilder().clearDevice();
      for (int i = 0; i < node.getInputCount(); i++) {
        TensorName from = TensorName.parse(node.getInput(i));
        if (from.operation().equals(input.getName())) {
          builder.setInput(i, from.isControl() ? "^" + prepared : prepared);
        }
      }
      whole.addNode(builder);
    }
    return whole.build();
  }

  /** The placeholder goes, and with it the shape that it demanded. */
  private static void requireShape(ModelSource model, NodeDef input, Shape given) {
    AttrValue attribute = input.getAttrMap().get("shape");
    if (attribute == null || attribute.getShape().getUnknownRank()) {
      return;
    }
    List<Long> wanted =
        attribute.getShape().getDimList().stream().map(TensorShapeProto.Dim::getSize).toList();
    // Without axes it says nothing, in files of old versions; the batch is ours to choose.
    boolean fits = wanted.isEmpty() || wanted.size() == given.numDimensions();
    for (int axis = 1; fits && axis < wanted.size(); axis++) {
      fits = wanted.get(axis) < 0 || wanted.get(axis) == given.get(axis);
    }
    if (!fits) {
      throw new ModelException(
          model.file(),
          "does not take pictures of "
              + model.shape()
              + ": its input '"
              + input.getName()
              + "' wants "
              + wanted
              + ", they come as "
              + given
              + "; see input (layout, size)");
    }
  }

  @Override
  public String source() {
    return model.file() + " (in the training graph)";
  }

  @Override
  public TapShapes taps() {
    return taps;
  }

  @Override
  public String fingerprint() {
    return model.fingerprint(TeacherEngine.IN_GRAPH, List.of());
  }

  @Override
  public String advice(String place) {
    return model.advice(place);
  }

  /** The shape of each output in our layout, for two pictures. */
  private Map<String, Shape> tried() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(model.shape())) {
      Imported imported = imported(graph, "tried", tensors.keySet());
      byte[] blank = new byte[ModelSource.TRIED * model.shape().bytes()];
      try (TUint8 pixels = graph.tensor(blank, ModelSource.TRIED)) {
        Session.Runner runner = graph.runner().feed(graph.images(), pixels);
        imported.feed(runner, pixels);
        List<String> names = new ArrayList<>(imported.taps().keySet());
        names.forEach(tap -> runner.fetch(imported.tap(tap)));
        try (Result result = runner.run()) {
          for (int i = 0; i < names.size(); i++) {
            shapes.put(names.get(i), result.get(i).shape());
          }
        }
      }
    } catch (ModelException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new ModelException(
          model.file(),
          "does not take pictures of "
              + model.shape()
              + ": "
              + TensorFlowFailure.reasonOrMisuse(e)
              + "; see input (layout, size)",
          e);
    }
    return shapes;
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    Imported imported = imported(graph, scope, read);
    Ops tf = graph.tf().withSubScope(scope + "-taps");
    Map<String, Operand<TFloat32>> known = new LinkedHashMap<>();
    // What the graph itself does not know of its shapes, a try has shown.
    imported
        .taps()
        .forEach(
            (tap, value) -> {
              Operand<TFloat32> given =
                  EnsureShape.create(
                      tf.scope(), value, Objects.requireNonNull(shapes.get(tap), tap));
              ModelOutput output = model.output(tap);
              known.put(tap, output.plain() ? given : TokenTap.of(tf, output, given));
            });
    return new Imported(imported.pictures(), known);
  }

  private Imported imported(ImageGraph graph, String scope, Collection<String> read) {
    graph.graph().importGraphDef(definition, scope);
    Ops tf = graph.tf().withSubScope(scope + "-taps");
    Map<String, Operand<TFloat32>> activations = new LinkedHashMap<>();
    for (String tap : read) {
      String tensor = tensors.get(tap);
      if (tensor != null) {
        Output<?> output = output(graph, scope, tensor);
        // Two taps of one tensor are fetched as two.
        activations.put(
            tap, tf.identity(model.pictures().asTap(tf, output.expect(TFloat32.class))));
      }
    }
    return new Imported(graph.graph().outputOrThrow(scope + "/images:0"), activations);
  }

  private Output<?> output(ImageGraph graph, String scope, String tensor) {
    TensorName parsed = TensorName.parse(tensor);
    String name = parsed.operation();
    int index = parsed.index();
    GraphOperation operation = graph.graph().operationOrThrow(scope + "/" + name);
    if (index >= operation.numOutputs()) {
      throw new ModelException(
          model.file(),
          "the operation '"
              + name
              + "' has no output '"
              + tensor
              + "'; it has "
              + operation.numOutputs()
              + ", counted from 0");
    }
    Output<?> output = operation.output(index);
    if (output.dataType() != DataType.DT_FLOAT) {
      throw new ModelException(
          model.file(),
          "its output '"
              + name
              + "' is "
              + output.dataType()
              + "; allowed: DT_FLOAT; fix: name another");
    }
    return output;
  }

  /** The imported graph has a placeholder of its own for the same bytes. */
  private record Imported(Output<?> pictures, Map<String, Operand<TFloat32>> taps)
      implements MountedTeacher {

    @Override
    public List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
      runner.feed(pictures, pixels);
      return List.of();
    }
  }
}
