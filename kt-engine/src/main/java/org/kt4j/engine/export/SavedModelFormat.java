package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.proto.TensorInfo;
import org.tensorflow.proto.TensorShapeProto;

/** SavedModels, run by TensorFlow itself. */
final class SavedModelFormat implements ExportFormat {

  static final String NAME = "saved-model";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String file() {
    return SavedModelFile.FILE;
  }

  @Override
  public Set<String> files() {
    return Set.of(SavedModelFile.FILE);
  }

  @Override
  public List<String> serving(String signature) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "engine=TensorFlow",
                "option.Tags=" + SavedModelFile.TAG,
                "option.SignatureDefKey=" + signature));
    if (!signature.equals(SavedModelFile.SIGNATURE)) {
      lines.add("batchifier=stack");
    }
    return lines;
  }

  @Override
  public void write(ServingModel model, ExportOptions options, ExportDetails about, Path folder)
      throws IOException {
    if (options.int8() != null) {
      throw new ExportException(
          "int8: not as a SavedModel, whose int8 form no runtime here is faster on; fix: --format"
              + " onnx");
    }
    (options.precision() == Precision.HALF ? model.half() : model).write(folder);
  }

  /** TensorFlow is what kt4j trains with. */
  @Override
  public void requireRuntime(Path folder) {}

  @Override
  public boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(SavedModelFile.FILE));
  }

  @Override
  public ModelPorts ports(Path folder) {
    Map<String, SignatureDef> signatures = SavedModelFile.graph(folder).getSignatureDefMap();
    SignatureDef signature =
        signatures.getOrDefault(SavedModelFile.SIGNATURE, SignatureDef.getDefaultInstance());
    return new ModelPorts(
        ports(signature.getInputsMap()),
        ports(signature.getOutputsMap()),
        "no signature "
            + SavedModelFile.SIGNATURE
            + " like that; it has: "
            + SavedModelFile.described(signatures));
  }

  private static List<ServingModel.Port> ports(Map<String, TensorInfo> infos) {
    return infos.entrySet().stream()
        .map(
            entry ->
                new ServingModel.Port(
                    entry.getKey(),
                    entry.getValue().getName(),
                    entry.getValue().getDtype(),
                    entry.getValue().getTensorShape().getDimList().stream()
                        .map(TensorShapeProto.Dim::getSize)
                        .toList()))
        .sorted(Comparator.comparing(ServingModel.Port::key))
        .toList();
  }

  @Override
  public ExportRunner open(Path folder) {
    return SavedModelRunner.open(folder, ports(folder));
  }
}
