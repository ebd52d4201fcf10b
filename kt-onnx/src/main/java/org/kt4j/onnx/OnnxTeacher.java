package org.kt4j.onnx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.ConstantGraph;
import org.kt4j.engine.export.ExportDetails;
import org.kt4j.engine.export.ExportDetails.CalibrationPictures;
import org.kt4j.engine.export.ExportRunner;
import org.kt4j.engine.export.FoldedBatchNorm;
import org.kt4j.engine.export.ServingModel;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherPrecision;
import org.kt4j.onnx.model.OnnxGraph;
import org.kt4j.onnx.model.OnnxModel;
import org.kt4j.onnx.quantize.QuantizedGraph;
import org.kt4j.onnx.translate.GraphTranslation;
import org.tensorflow.Operand;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A network of ours as a teacher, computed by ONNX Runtime beside the training graph. It is
 * exported in memory when it is first used, with the taps that are read; its answers are fed to
 * placeholders.
 */
final class OnnxTeacher implements Teacher {

  private static final String IMAGES = "images";

  /** Where the network is mounted; the translation leaves this part of names out. */
  private static final String SCOPE = "network";

  private final Teacher teacher;
  private final TeacherPrecision precision;
  private final CalibrationPictures calibration;

  /** Sessions by what they compute; several graphs may read the same taps. */
  private final Map<List<String>, ExportRunner> sessions = new HashMap<>();

  private @Nullable String agreement;

  /**
   * A teacher that is computed elsewhere.
   *
   * @param calibration pictures for ranges; none in single precision
   */
  OnnxTeacher(Teacher teacher, TeacherPrecision precision, CalibrationPictures calibration) {
    this.teacher = teacher;
    this.precision = precision;
    this.calibration = calibration;
  }

  @Override
  public String source() {
    return teacher.source()
        + (precision == TeacherPrecision.INT8
            ? " (ONNX Runtime, int8" + (agreement == null ? "" : ", " + agreement) + ")"
            : " (ONNX Runtime)");
  }

  @Override
  public TapShapes taps() {
    return teacher.taps();
  }

  /** In 8 bits: what is read in front of an activation is not folded into it. */
  @Override
  public boolean dependsOnReads() {
    return precision == TeacherPrecision.INT8;
  }

  @Override
  public String fingerprint() {
    Fingerprint fingerprint =
        new Fingerprint().add("onnx").add(precision).add(teacher.fingerprint());
    for (int i = 0; i < calibration.count(); i++) {
      fingerprint.add(calibration.picture().apply(i).pixels());
    }
    return fingerprint.hex();
  }

  @Override
  public String advice(String place) {
    return teacher.advice(place);
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    Ops tf = graph.tf().withSubScope(scope);
    Map<String, Placeholder<TFloat32>> fed = new TreeMap<>();
    Map<String, Operand<TFloat32>> activations = new LinkedHashMap<>();
    TapShapes shapes = teacher.taps();
    for (String tap : shapes.names()) {
      if (read.contains(tap)) {
        Placeholder<TFloat32> placeholder =
            tf.withName(tap).placeholder(TFloat32.class, Placeholder.shape(shapes.shape(tap)));
        fed.put(tap, placeholder);
        activations.put(tap, tf.identity(placeholder)); // what is fed cannot be fetched as it is
      }
    }
    return new Fed(this, shape(graph), fed, activations);
  }

  private static ImageShape shape(ImageGraph graph) {
    Shape axes = graph.images().shape();
    return new ImageShape(
        Math.toIntExact(axes.get(1)), Math.toIntExact(axes.get(2)), Math.toIntExact(axes.get(3)));
  }

  private synchronized ExportRunner session(ImageShape shape, List<String> taps) {
    return sessions.computeIfAbsent(taps, wanted -> opened(shape, wanted));
  }

  private ExportRunner opened(ImageShape shape, List<String> taps) {
    OnnxRuntimes.require(teacher.source());
    OnnxGraph graph = translated(shape, taps);
    byte[] single = file(graph);
    if (precision == TeacherPrecision.SINGLE) {
      return OnnxRunner.beside(teacher.source(), single);
    }
    QuantizedGraph.of(graph, new RecordedActivations(graph, calibration), 100, 8, false);
    ExportRunner quantized = OnnxRunner.beside(teacher.source(), file(graph));
    if (taps.contains(Taps.LOGITS)) {
      try (ExportRunner exact = OnnxRunner.beside(teacher.source(), single)) {
        agreement = agreement(exact, quantized);
      }
    }
    return quantized;
  }

  private static byte[] file(OnnxGraph graph) {
    return new OnnxModel(graph, OnnxFormat.OPSET, "kt4j", "", Map.of()).bytes().toByteArray();
  }

  private OnnxGraph translated(ImageShape shape, List<String> taps) {
    try (ImageGraph graph = new ImageGraph(shape)) {
      MountedTeacher mounted = teacher.mount(graph, SCOPE, taps);
      Ops scope = graph.tf().withSubScope("taps");
      List<ServingModel.Port> outputs = new ArrayList<>();
      for (String tap : taps) {
        Operand<TFloat32> activation = mounted.tap(tap);
        String name = scope.withName(tap).identity(activation).op().name();
        List<Long> sizes = new ArrayList<>();
        for (long size : activation.shape().asArray()) {
          sizes.add(size);
        }
        outputs.add(new ServingModel.Port(tap, name, DataType.DT_FLOAT, sizes));
      }
      mounted.load();
      Map<Variable, float[]> values = new LinkedHashMap<>();
      mounted.variables().forEach(variable -> values.put(variable, graph.read(variable)));
      ConstantGraph constant = new ConstantGraph(graph.graph().toGraphDef());
      constant.fix(values);
      List<String> operations =
          new ArrayList<>(outputs.stream().map(ServingModel.Port::operation).toList());
      List<String> computed = List.copyOf(operations);
      operations.add(IMAGES);
      GraphDef folded = FoldedBatchNorm.of(constant.upTo(operations), computed).graph();
      ServingModel.Port input =
          new ServingModel.Port(
              IMAGES,
              IMAGES,
              DataType.DT_UINT8,
              List.of(-1L, (long) shape.height(), (long) shape.width(), (long) shape.channels()));
      return GraphTranslation.of(
          "kt4j teacher", ConstantGraph.reduced(folded, operations), List.of(input), outputs);
    }
  }

  /** How often both answer alike. */
  private String agreement(ExportRunner exact, ExportRunner quantized) {
    int same = 0;
    for (int i = 0; i < calibration.count(); i++) {
      ExportDetails.Input picture = calibration.picture().apply(i);
      same += answer(exact, picture) == answer(quantized, picture) ? 1 : 0;
    }
    return String.format(
        Locale.ROOT,
        "%.2f %% of %d training pictures answered as in single precision",
        100.0 * same / calibration.count(),
        calibration.count());
  }

  private static int answer(ExportRunner runner, ExportDetails.Input picture) {
    float[] logits =
        runner.run(picture.pixels(), picture.sizes(), List.of(Taps.LOGITS)).get(0).values();
    int largest = 0;
    for (int k = 1; k < logits.length; k++) {
      largest = logits[k] > logits[largest] ? k : largest;
    }
    return largest;
  }

  @Override
  public void close() {
    sessions.values().forEach(ExportRunner::close);
    sessions.clear();
    teacher.close();
  }

  private record Fed(
      OnnxTeacher teacher,
      ImageShape shape,
      Map<String, Placeholder<TFloat32>> placeholders,
      Map<String, Operand<TFloat32>> taps)
      implements MountedTeacher {

    private List<String> names() {
      return List.copyOf(placeholders.keySet());
    }

    @Override
    public void load() {
      teacher.session(shape, names());
    }

    @Override
    public List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
      byte[] bytes = new byte[Math.toIntExact(pixels.size())];
      pixels.asRawTensor().data().read(bytes);
      List<ExportRunner.Output> outputs =
          teacher.session(shape, names()).run(bytes, pixels.shape().asArray(), names());
      List<Tensor> tensors = new ArrayList<>();
      int i = 0;
      for (Placeholder<TFloat32> placeholder : placeholders.values()) {
        ExportRunner.Output output = outputs.get(i++);
        TFloat32 tensor =
            TFloat32.tensorOf(
                Shape.of(output.sizes()), DataBuffers.of(output.values(), true, false));
        tensors.add(tensor);
        runner.feed(placeholder, tensor);
      }
      return tensors;
    }
  }
}
