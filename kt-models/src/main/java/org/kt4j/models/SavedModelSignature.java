package org.kt4j.models;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.kt4j.engine.model.ModelException;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/**
 * The signature of a SavedModel. It is read here because DJL takes any other one when that which it
 * was asked for is missing.
 *
 * @param inputs in the order of their names
 * @param outputs likewise
 */
record SavedModelSignature(List<ModelInput> inputs, List<String> outputs) {

  /**
   * Reads the description, not the weights.
   *
   * @param folder that holds {@code saved_model.pb}
   * @throws ModelException when it is cut short or has no signature {@value
   *     SavedModelFile#SIGNATURE}
   */
  static SavedModelSignature read(Path folder) {
    MetaGraphDef graph = SavedModelFile.graph(folder);
    SignatureDef signature = graph.getSignatureDefMap().get(SavedModelFile.SIGNATURE);
    if (signature == null) {
      throw new ModelException(
          folder,
          "has no signature '"
              + SavedModelFile.SIGNATURE
              + "'; it has: "
              + SavedModelFile.described(graph.getSignatureDefMap())
              + "; fix: export the function under that name");
    }
    return new SavedModelSignature(
        signature.getInputsMap().entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(input -> input(input.getKey(), input.getValue()))
            .toList(),
        signature.getOutputsMap().keySet().stream().sorted().toList());
  }

  private static ModelInput input(String name, TensorInfo info) {
    TensorShapeProto shape = info.getTensorShape();
    List<Long> sizes =
        shape.getUnknownRank()
            ? null
            : shape.getDimList().stream()
                .map(axis -> axis.getSize() < 0 ? ModelInput.ANY : axis.getSize())
                .toList();
    return new ModelInput(
        name,
        info.getDtype() == DataType.DT_FLOAT
            ? ModelInput.FLOAT32
            : info.getDtype().name().replace("DT_", "").toLowerCase(Locale.ROOT),
        sizes);
  }
}
