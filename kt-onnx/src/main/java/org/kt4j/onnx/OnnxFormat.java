package org.kt4j.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.kt4j.engine.cache.Precision;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportException;
import org.kt4j.engine.export.ExportFormat;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.Int8Options;
import org.kt4j.engine.export.ModelPorts;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.model.SavedModelFile;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxModel;
import org.kt4j.onnx.quantize.QuantizedGraph;
import org.kt4j.onnx.translate.GraphTranslation;

/**
 * Exports as ONNX models: one file, {@value #FILE}, that ONNX Runtime runs in any language. It has
 * the inputs and outputs of the SavedModel, the operations of set {@value #OPSET} and format
 * version 8. A model with a signature for DJL has a second file, {@value #PICTURE_FILE}, which is
 * the graph of that signature for one picture; it reads its weights from the first one.
 */
public final class OnnxFormat implements ExportFormat {

  /** The file, under the name that DJL looks for. */
  public static final String FILE = "model.onnx";

  /** For DJL's own translator. */
  public static final String PICTURE_FILE = "djl.onnx";

  static final int OPSET = 17;

  private static final String PRODUCER = "kt4j";

  /** Found by {@link java.util.ServiceLoader}. */
  public OnnxFormat() {}

  @Override
  public String name() {
    return "onnx";
  }

  @Override
  public String file() {
    return FILE;
  }

  @Override
  public Set<String> files() {
    return Set.of(FILE, PICTURE_FILE);
  }

  @Override
  public List<String> serving(String signature) {
    return signature.equals(SavedModelFile.SIGNATURE)
        ? List.of("engine=OnnxRuntime")
        : List.of(
            "engine=OnnxRuntime",
            "option.modelName=" + PICTURE_FILE.replace(".onnx", ""),
            // Its own would need operations that DJL's ONNX engine has not.
            "batchifier=none");
  }

  @Override
  public void write(ServingModel model, ExportOptions options, ExportDetails about, Path folder)
      throws IOException {
    OnnxGraph graph = GraphTranslation.of("kt4j", model.reduced(), model.inputs(), model.outputs());
    Map<String, String> properties = new TreeMap<>(about.properties());
    Int8Options int8 = options.int8();
    if (graph.nodes().stream().anyMatch(node -> node.op().equals("QuantizeLinear"))) {
      if (options.precision() == Precision.HALF) {
        throw new ExportException(
            "half precision: the weights of this student are whole numbers of 8 bits already; fix:"
                + " leave out --half");
      }
      if (int8 != null && !int8.equals(Int8Options.defaults().allowedLoss(int8.allowedLoss()))) {
        throw new ExportException(
            "int8: this student was trained on its levels, and its export has exactly those; fix:"
                + " leave out --calibration, --range, --weights-bits and --float-ends");
      }
      properties.put("quantization", "the levels that it was trained with");
    } else if (int8 != null) {
      if (options.precision() == Precision.HALF) {
        throw new ExportException(
            "int8: not together with half precision; fix: leave out one of --int8 and --half");
      }
      properties.put("quantization", quantized(graph, int8, about, folder));
    } else if (options.precision() == Precision.HALF) {
      HalfWeights.store(graph);
      properties.put("weights", "stored in half precision, computed in single");
    }
    ByteString file = new OnnxModel(graph, OPSET, PRODUCER, "", properties).bytes();
    write(file, folder.resolve(FILE));
    for (String output : model.singleOutputs()) {
      OnnxModel picture =
          new OnnxModel(
              PictureModel.of(graph, output), OPSET, PRODUCER, "", Map.of("weights", "in " + FILE));
      write(picture.bytesBeside(FILE, file), folder.resolve(PICTURE_FILE));
    }
  }

  private static void write(ByteString content, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      content.writeTo(out);
    }
  }

  private static String quantized(
      OnnxGraph graph, Int8Options int8, ExportDetails about, Path folder) {
    ExportDetails.CalibrationPictures pictures = about.calibration();
    if (pictures.count() == 0) {
      throw new ExportException(
          "int8: there are no training pictures to take ranges from ("
              + pictures.reason()
              + "); fix: restore the data of the run, or leave out --int8");
    }
    if (int8.calibration() > pictures.count()) {
      throw new ExportException(
          "int8: calibration "
              + int8.calibration()
              + " is not allowed; allowed: up to "
              + pictures.count()
              + ", the training pictures; fix: --calibration "
              + pictures.count());
    }
    OnnxRuntimes.require(folder);
    QuantizedGraph.Summary summary =
        QuantizedGraph.of(
            graph,
            new RecordedActivations(graph, pictures.chosen(int8.calibration(), int8.seed())),
            int8.percentile(),
            int8.weightsBits(),
            int8.floatEnds());
    return String.format(
        Locale.ROOT,
        "activations uint8, weights int%d per channel; %d of %d layers; %d calibration pictures,"
            + " seed %d, range %s",
        int8.weightsBits(),
        summary.layers(),
        summary.layers() + summary.kept(),
        int8.calibration(),
        int8.seed(),
        int8.percentile() == 100 ? "min-max" : "percentile " + int8.percentile());
  }

  @Override
  public void requireRuntime(Path folder) {
    OnnxRuntimes.require(folder);
  }

  @Override
  public boolean isIn(Path folder) {
    return Files.isRegularFile(folder.resolve(FILE));
  }

  @Override
  public ModelPorts ports(Path folder) {
    OnnxRuntimes.require(folder);
    try (OnnxRunner runner = OnnxRunner.open(folder.resolve(FILE))) {
      return runner.ports();
    }
  }

  @Override
  public ExportRunner open(Path folder) {
    OnnxRuntimes.require(folder);
    return OnnxRunner.open(folder.resolve(FILE));
  }
}
