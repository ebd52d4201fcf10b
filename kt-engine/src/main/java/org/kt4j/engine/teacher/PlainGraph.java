package org.kt4j.engine.teacher;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.config.NearestName;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.model.ModelException;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The definition of a TensorFlow graph from a file: a frozen graph, or a SavedModel whose variables
 * can be replaced by their values.
 *
 * @param file it comes from
 * @param graph its operations
 * @param inputs names of tensors by the names of the SavedModel's signature; empty without one
 * @param outputs likewise
 * @param isSavedModel whether there are variables to be loaded
 */
record PlainGraph(
    Path file,
    GraphDef graph,
    Map<String, String> inputs,
    Map<String, String> outputs,
    boolean isSavedModel) {

  /** The file in a SavedModel's folder that holds its graph. */
  static final String SAVED_MODEL = "saved_model.pb";

  private static final String SERVE = "serve";
  private static final String SIGNATURE = "serving_default";
  private static final Set<String> CALLS =
      Set.of("PartitionedCall", "StatefulPartitionedCall", "SymbolicGradient", "RemoteCall");

  /**
   * Reads a graph.
   *
   * @throws ModelException when the file is something else
   */
  static PlainGraph read(Path file) {
    Path definition = Files.isDirectory(file) ? file.resolve(SAVED_MODEL) : file;
    boolean saved = String.valueOf(definition.getFileName()).equals(SAVED_MODEL);
    try {
      byte[] bytes = Files.readAllBytes(definition);
      PlainGraph graph =
          saved
              ? ofSavedModel(file, SavedModel.parseFrom(bytes))
              : new PlainGraph(file, GraphDef.parseFrom(bytes), Map.of(), Map.of(), false);
      if (graph.graph().getNodeCount() == 0) {
        throw new ModelException(definition, "holds no operations");
      }
      return graph;
    } catch (InvalidProtocolBufferException e) {
      throw new ModelException(
          definition,
          "is no whole "
              + (saved ? "SavedModel" : "TensorFlow graph")
              + " ("
              + e.getMessage()
              + ")",
          e);
    } catch (IOException e) {
      throw new ModelException(definition, "cannot be read (" + e + ")", e);
    }
  }

  private static PlainGraph ofSavedModel(Path file, SavedModel model) {
    for (MetaGraphDef each : model.getMetaGraphsList()) {
      if (each.getMetaInfoDef().getTagsList().contains(SERVE)) {
        SignatureDef signature = each.getSignatureDefMap().get(SIGNATURE);
        Map<String, String> inputs = new LinkedHashMap<>();
        Map<String, String> outputs = new LinkedHashMap<>();
        if (signature != null) {
          signature.getInputsMap().forEach((key, info) -> inputs.put(key, info.getName()));
          signature.getOutputsMap().forEach((key, info) -> outputs.put(key, info.getName()));
        }
        return new PlainGraph(
            Files.isDirectory(file) ? file : file.toAbsolutePath().resolveSibling(""),
            each.getGraphDef(),
            inputs,
            outputs,
            true);
      }
    }
    throw new ModelException(file, "holds no graph tagged '" + SERVE + "'");
  }

  /** What a message calls the outputs of this file. */
  List<String> listedOutputs() {
    if (!outputs.isEmpty()) {
      return List.copyOf(outputs.keySet());
    }
    Set<String> read = new LinkedHashSet<>();
    graph.getNodeList().forEach(node -> node.getInputList().forEach(in -> read.add(operation(in))));
    return graph.getNodeList().stream()
        .filter(node -> !node.getOp().equals("Placeholder") && !node.getOp().equals("NoOp"))
        .map(NodeDef::getName)
        .filter(name -> !read.contains(name))
        .toList();
  }

  /**
   * The tensor that a name means: of the signature, or of the graph, {@code name} or {@code
   * name:0}.
   *
   * @throws ModelException when there is none
   */
  String tensor(String what, String name, Map<String, String> signature) {
    String tensor = signature.getOrDefault(name, name);
    String full = tensor.contains(":") ? tensor : tensor + ":0";
    List<String> names = graph.getNodeList().stream().map(NodeDef::getName).toList();
    if (!names.contains(operation(full)) || !full.matches(".+:[0-9]{1,4}")) {
      List<String> known = new ArrayList<>(signature.keySet());
      if (known.isEmpty()) {
        known.addAll(listedOutputs());
      }
      String near =
          NearestName.of(name, signature.keySet())
              .map(nearest -> "'" + nearest + "'?")
              .or(
                  () ->
                      NearestName.of(name, names)
                          .map(nearest -> "the operation '" + nearest + "'?"))
              .map(nearest -> "; did you mean " + nearest)
              .orElse("");
      throw new ModelException(
          file,
          "has no "
              + what
              + " '"
              + name
              + "'; known: "
              + String.join(", ", known)
              + ", and every operation of the graph"
              + near);
    }
    return full;
  }

  /** Calls of functions among what leads to some outputs. */
  List<String> calls(Collection<String> wanted) {
    Collection<String> names = wanted.isEmpty() ? listedOutputs() : wanted;
    List<String> tensors = names.stream().map(name -> tensor("output", name, outputs)).toList();
    return upstream(tensors).stream()
        .filter(node -> CALLS.contains(node.getOp()))
        .map(NodeDef::getName)
        .toList();
  }

  /** What some tensors are computed from, in the graph's order. */
  List<NodeDef> upstream(Collection<String> tensors) {
    Map<String, NodeDef> byName = new LinkedHashMap<>();
    graph.getNodeList().forEach(node -> byName.put(node.getName(), node));
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>();
    tensors.forEach(tensor -> open.push(operation(tensor)));
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = byName.get(name);
      if (node != null && seen.add(name)) {
        node.getInputList().forEach(input -> open.push(operation(input)));
      }
    }
    return graph.getNodeList().stream().filter(node -> seen.contains(node.getName())).toList();
  }

  /**
   * The same operations with every variable replaced by its value.
   *
   * @throws ModelException when a variable is used otherwise than by reading it whole
   */
  List<NodeDef> frozen(List<NodeDef> nodes) {
    List<String> reads = new ArrayList<>();
    Set<String> handles = new LinkedHashSet<>();
    for (NodeDef node : nodes) {
      switch (node.getOp()) {
        case "ReadVariableOp", "Variable", "VariableV2" -> reads.add(node.getName());
        case "VarHandleOp" -> handles.add(node.getName());
        default -> {
          // computed as it is
        }
      }
    }
    if (!isSavedModel && !(reads.isEmpty() && handles.isEmpty())) {
      throw new ModelException(
          file,
          "the graph is not frozen, '"
              + (reads.isEmpty() ? handles.iterator().next() : reads.get(0))
              + "' is a variable; fix: freeze it, or give the SavedModel's folder");
    }
    for (NodeDef node : nodes) {
      boolean other = !node.getOp().equals("ReadVariableOp");
      if (other
          && node.getInputList().stream().map(PlainGraph::operation).anyMatch(handles::contains)) {
        throw new ModelException(
            file,
            "the operation '"
                + node.getName()
                + "' ("
                + node.getOp()
                + ") uses a variable otherwise than by reading it, which cannot be frozen; fix:"
                + " engine: tensorflow");
      }
    }
    if (reads.isEmpty()) {
      return nodes;
    }
    Map<String, NodeDef> constants = constants(reads);
    return nodes.stream()
        .filter(node -> !handles.contains(node.getName()))
        .map(node -> constants.getOrDefault(node.getName(), node))
        .toList();
  }

  private Map<String, NodeDef> constants(List<String> reads) {
    NativeRuntime.start();
    Map<String, NodeDef> constants = new LinkedHashMap<>();
    try (SavedModelBundle bundle = SavedModelBundle.load(file.toString(), SERVE)) {
      Session.Runner runner = bundle.session().runner();
      reads.forEach(runner::fetch);
      try (Result values = runner.run()) {
        for (int i = 0; i < reads.size(); i++) {
          constants.put(reads.get(i), constant(reads.get(i), values.get(i)));
        }
      }
      return constants;
    } catch (org.tensorflow.exceptions.TensorFlowException | IllegalArgumentException e) {
      throw new ModelException(
          file,
          "the variables cannot be loaded: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given"),
          e);
    }
  }

  private static NodeDef constant(String name, Tensor value) {
    byte[] bytes = new byte[Math.toIntExact(value.numBytes())];
    value.asRawTensor().data().read(bytes);
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (long size : value.shape().asArray()) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    TensorProto tensor =
        TensorProto.newBuilder()
            .setDtype(value.dataType())
            .setTensorShape(shape)
            .setTensorContent(ByteString.copyFrom(bytes))
            .build();
    return NodeDef.newBuilder()
        .setName(name)
        .setOp("Const")
        .putAttr("dtype", AttrValue.newBuilder().setType(value.dataType()).build())
        .putAttr("value", AttrValue.newBuilder().setTensor(tensor).build())
        .build();
  }

  /** The operation of {@code name:1} or {@code ^name}. */
  static String operation(String tensor) {
    String name = tensor.startsWith("^") ? tensor.substring(1) : tensor;
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }
}
