package org.kt4j.models;

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
import org.kt4j.config.NearestName;
import org.kt4j.data.ReadFault;
import org.kt4j.data.RegularFile;
import org.kt4j.engine.graph.GraphConstant;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.graph.TensorFlowFailure;
import org.kt4j.engine.graph.TensorName;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.engine.teacher.ForeignFile;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.proto.SignatureDef;

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

  private static final String PLACEHOLDER_WITH_DEFAULT = "PlaceholderWithDefault";

  /**
   * Reads a graph.
   *
   * @param file a frozen graph, or a SavedModel: its folder or the {@code saved_model.pb} in it
   * @throws ModelException when the file is something else
   */
  public static PlainGraph read(Path file) {
    boolean named = file.endsWith(SavedModelFile.FILE);
    if (named || Files.isDirectory(file)) {
      return ofSavedModel(named ? file.toAbsolutePath().resolveSibling("") : file);
    }
    try {
      if (Files.size(file) > Integer.MAX_VALUE - 8) {
        throw new ModelException(
            file, "is larger than 2 GB, which no TensorFlow graph is; fix: give its SavedModel");
      }
      GraphDef graph = GraphDef.parseFrom(Files.readAllBytes(RegularFile.require(file)));
      if (graph.getNodeCount() == 0) {
        throw new ModelException(
            file,
            "holds no operations"
                + ForeignFile.described(file)
                    .map(what -> ": " + what)
                    .orElse("; fix: give a frozen TensorFlow graph"));
      }
      return new PlainGraph(file, graph, Map.of(), Map.of(), false);
    } catch (InvalidProtocolBufferException e) {
      throw new ModelException(
          file,
          "is no whole TensorFlow graph ("
              + ForeignFile.described(file)
                  .orElse(ModelException.reason(e) + "; fix: copy or export it again")
              + ")",
          e);
    } catch (IOException e) {
      throw new ModelException(file, "cannot be read (" + ReadFault.reason(e) + ")", e);
    }
  }

  private static PlainGraph ofSavedModel(Path folder) {
    MetaGraphDef model = SavedModelFile.graph(folder);
    Map<String, String> inputs = new LinkedHashMap<>();
    Map<String, String> outputs = new LinkedHashMap<>();
    SignatureDef signature = model.getSignatureDefMap().get(SavedModelFile.SIGNATURE);
    if (signature != null) {
      signature.getInputsMap().forEach((key, info) -> inputs.put(key, info.getName()));
      signature.getOutputsMap().forEach((key, info) -> outputs.put(key, info.getName()));
    }
    return new PlainGraph(folder, model.getGraphDef(), inputs, outputs, true);
  }

  /** What a message calls the outputs of this file. */
  public List<String> listedOutputs() {
    if (!outputs.isEmpty()) {
      return List.copyOf(outputs.keySet());
    }
    Set<String> read = new LinkedHashSet<>();
    graph
        .getNodeList()
        .forEach(
            node -> node.getInputList().forEach(in -> read.add(TensorName.parse(in).operation())));
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
  public String tensor(String what, String name, Map<String, String> signature) {
    String tensor = signature.getOrDefault(name, name);
    TensorName full = TensorName.parse(tensor);
    List<String> names = graph.getNodeList().stream().map(NodeDef::getName).toList();
    if (full.isControl() || !names.contains(full.operation())) {
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
    return full.toString();
  }

  /**
   * The operations that run functions of the graph's library, among those that lead to some
   * outputs: calls, and whatever has a function as an attribute, such as {@code While}.
   *
   * @param wanted names of outputs; all that are listed when empty
   */
  public List<String> calls(Collection<String> wanted) {
    Collection<String> names = wanted.isEmpty() ? listedOutputs() : wanted;
    List<String> tensors = names.stream().map(name -> tensor("output", name, outputs)).toList();
    Set<String> functions = new LinkedHashSet<>();
    graph
        .getLibrary()
        .getFunctionList()
        .forEach(function -> functions.add(function.getSignature().getName()));
    return upstream(tensors).stream()
        .filter(node -> functions.contains(node.getOp()) || hasFunction(node))
        .map(NodeDef::getName)
        .toList();
  }

  private static boolean hasFunction(NodeDef node) {
    return node.getAttrMap().values().stream()
        .anyMatch(value -> value.hasFunc() || value.getList().getFuncCount() > 0);
  }

  /** What some tensors are computed from, in the graph's order. */
  public List<NodeDef> upstream(Collection<String> tensors) {
    Map<String, NodeDef> byName = new LinkedHashMap<>();
    graph.getNodeList().forEach(node -> byName.put(node.getName(), node));
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>();
    tensors.forEach(tensor -> open.push(TensorName.parse(tensor).operation()));
    while (!open.isEmpty()) {
      String name = open.pop();
      NodeDef node = byName.get(name);
      if (node != null && seen.add(name)) {
        node.getInputList().forEach(input -> open.push(TensorName.parse(input).operation()));
      }
    }
    return graph.getNodeList().stream().filter(node -> seen.contains(node.getName())).toList();
  }

  /**
   * The same operations with every variable replaced by its value, and every placeholder that has a
   * default, such as a rate of dropout, by that, unless it is the only one.
   *
   * @throws ModelException when a variable is used otherwise than by reading it whole
   */
  public List<NodeDef> frozen(List<NodeDef> nodes) {
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
          && node.getInputList().stream()
              .map(input -> TensorName.parse(input).operation())
              .anyMatch(handles::contains)) {
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
    Map<String, NodeDef> constants = reads.isEmpty() ? Map.of() : constants(reads);
    boolean isFed = nodes.stream().anyMatch(node -> node.getOp().equals("Placeholder"));
    return nodes.stream()
        .map(node -> isFed ? withDefault(node) : node)
        .filter(node -> !handles.contains(node.getName()))
        .map(node -> constants.getOrDefault(node.getName(), node))
        .toList();
  }

  private static NodeDef withDefault(NodeDef node) {
    return node.getOp().equals(PLACEHOLDER_WITH_DEFAULT)
        ? NodeDef.newBuilder()
            .setName(node.getName())
            .setOp("Identity")
            .addAllInput(node.getInputList())
            .putAttr("T", node.getAttrOrThrow("dtype"))
            .build()
        : node;
  }

  private Map<String, NodeDef> constants(List<String> reads) {
    NativeRuntime.start();
    Map<String, NodeDef> constants = new LinkedHashMap<>();
    try (SavedModelBundle bundle = SavedModelBundle.load(file.toString(), SavedModelFile.TAG)) {
      Session.Runner runner = bundle.session().runner();
      reads.forEach(runner::fetch);
      try (Result values = runner.run()) {
        for (int i = 0; i < reads.size(); i++) {
          constants.put(reads.get(i), GraphConstant.of(reads.get(i), values.get(i)));
        }
      }
      return constants;
    } catch (RuntimeException e) {
      throw new ModelException(
          file, "the variables cannot be loaded: " + TensorFlowFailure.reasonOrMisuse(e), e);
    }
  }
}
