package org.kt4j.classification.export;

import ai.onnx.proto.OnnxMl;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** What ONNX Runtime makes of a model. */
public final class OptimizedOnnx {

  private OptimizedOnnx() {}

  /**
   * How often it computes what, once it has made its own graph.
   *
   * @param model a file
   * @param to where its graph is written
   */
  public static Map<String, Integer> operations(Path model, Path to)
      throws IOException, OrtException {
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.EXTENDED_OPT);
      options.setOptimizedModelFilePath(to.toString());
      OrtEnvironment.getEnvironment().createSession(model.toString(), options).close();
    }
    Map<String, Integer> counts = new TreeMap<>();
    try (InputStream in = Files.newInputStream(to)) {
      OnnxMl.ModelProto.parseFrom(in)
          .getGraph()
          .getNodeList()
          .forEach(node -> counts.merge(node.getOpType(), 1, Integer::sum));
    }
    return counts;
  }
}
