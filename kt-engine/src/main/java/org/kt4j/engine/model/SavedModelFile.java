package org.kt4j.engine.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.kt4j.engine.teacher.ForeignFile;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** The files of a SavedModel. */
public final class SavedModelFile {

  /** The file in the folder of a SavedModel that holds its graph. */
  public static final String FILE = "saved_model.pb";

  /** The tag of a graph that is meant for serving. */
  public static final String TAG = "serve";

  /** The usual signature. */
  public static final String SIGNATURE = "serving_default";

  private static final Set<String> VARIABLES = Set.of("VarHandleOp", "VariableV2", "Variable");

  private SavedModelFile() {}

  /**
   * Reads the graph for serving.
   *
   * @param folder that holds {@code saved_model.pb}
   * @throws ModelException when it is cut short, is not meant for serving, or lacks its variables
   */
  public static MetaGraphDef graph(Path folder) {
    Path description = folder.resolve(FILE);
    if (!Files.isRegularFile(description)) {
      throw new ModelException(
          folder, "holds no " + FILE + "; fix: give the folder of a SavedModel");
    }
    SavedModel model;
    try (InputStream in = Files.newInputStream(description)) {
      model = SavedModel.parseFrom(in);
    } catch (IOException e) {
      throw new ModelException(
          folder,
          "is no whole SavedModel ("
              + FILE
              + ": "
              + ForeignFile.described(description)
                  .orElse(ModelException.reason(e) + "; fix: copy or export it again")
              + ")",
          e);
    }
    MetaGraphDef graph =
        model.getMetaGraphsList().stream()
            .filter(candidate -> candidate.getMetaInfoDef().getTagsList().contains(TAG))
            .findFirst()
            .orElseThrow(
                () ->
                    new ModelException(
                        folder,
                        "is no SavedModel with the tag '"
                            + TAG
                            + "'; fix: export it for serving, as tf.saved_model.save does"));
    // TensorFlow takes a model without that file for one without variables, and fails when it runs.
    if (graph.getGraphDef().getNodeList().stream()
            .anyMatch(node -> VARIABLES.contains(node.getOp()))
        && !Files.isRegularFile(folder.resolve("variables").resolve("variables.index"))) {
      throw new ModelException(
          folder, "lacks variables/variables.index; fix: copy the whole folder of the SavedModel");
    }
    return graph;
  }

  /** What a message says of the signatures of a SavedModel: their names, inputs and outputs. */
  public static String described(Map<String, SignatureDef> signatures) {
    if (signatures.isEmpty()) {
      return "none";
    }
    return new TreeMap<>(signatures)
        .entrySet().stream()
            .map(
                entry ->
                    entry.getKey()
                        + " from "
                        + described(entry.getValue().getInputsMap().entrySet())
                        + " to "
                        + described(entry.getValue().getOutputsMap().entrySet()))
            .collect(Collectors.joining("; "));
  }

  private static String described(Iterable<Map.Entry<String, TensorInfo>> ports) {
    List<String> words = new ArrayList<>();
    for (Map.Entry<String, TensorInfo> port : ports) {
      TensorInfo info = port.getValue();
      String type = info.getDtype().name().replace("DT_", "").toLowerCase(Locale.ROOT);
      String sizes =
          info.getTensorShape().getUnknownRank()
              ? "[...]"
              : info.getTensorShape().getDimList().stream()
                  .map(TensorShapeProto.Dim::getSize)
                  .map(size -> size < 0 ? "any" : size.toString())
                  .collect(Collectors.joining(", ", "[", "]"));
      words.add(port.getKey() + " (" + type + " " + sizes + ")");
    }
    return words.isEmpty() ? "nothing" : words.stream().sorted().collect(Collectors.joining(", "));
  }
}
