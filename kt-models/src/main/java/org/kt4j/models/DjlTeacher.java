package org.kt4j.models;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.engine.experiment.ModelOutput;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.TeacherInput.Layout;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * A model that an engine beside TensorFlow computes: before each run the pictures are prepared in
 * the graph, handed to the engine, and its answers are fed to placeholders.
 */
final class DjlTeacher implements Teacher {

  private final ModelSource model;
  private final ModelEngine engine;
  private final String remark;
  private final DjlModel session;
  private final List<String> names;
  private final Map<String, Shape> shapes;

  /** Of feature maps, by tap. */
  private final Map<String, Layout> layouts;

  private final TapShapes taps;
  private final Handover handover;

  private DjlTeacher(ModelSource model, ModelEngine engine, String remark, DjlModel session) {
    this.model = model;
    this.engine = engine;
    this.remark = remark;
    this.session = session;
    this.handover = new Handover(session);
    this.names = List.copyOf(model.outputs().keySet());
    this.shapes = tried();
    this.layouts = layouts(model, session);
    Map<String, Shape> inOurLayout = new LinkedHashMap<>();
    shapes.forEach((tap, shape) -> inOurLayout.put(tap, inOurLayout(tap, shape)));
    this.taps = model.taps(inOurLayout);
  }

  static DjlTeacher open(ModelSource named, ModelEngine engine, String remark) {
    ModelSource model =
        named.outputs().containsKey(Taps.LOGITS) ? named : named.withLogits(known(named, engine));
    List<String> outputs = model.outputNames();
    DjlModel session = DjlModel.open(model.file(), engine, model.input().name(), outputs);
    try {
      return new DjlTeacher(model.fitting(session), engine, remark, session);
    } catch (RuntimeException | Error e) {
      session.close();
      throw e;
    }
  }

  /** What the model lists, or returns where it lists nothing. */
  private static List<String> known(ModelSource model, ModelEngine engine) {
    try (DjlModel asked = DjlModel.open(model.file(), engine, model.input().name(), List.of());
        ImageGraph graph = new ImageGraph(model.shape())) {
      if (asked.knownOutputs().isEmpty()) {
        answers(model.fitting(asked), asked, graph);
      }
      return asked.knownOutputs();
    }
  }

  private Map<String, Shape> tried() {
    Map<String, Shape> tried = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(model.shape())) {
      List<DjlModel.Output> outputs = answers(model, session, graph);
      for (int i = 0; i < names.size(); i++) {
        tried.put(names.get(i), Shape.of(outputs.get(i).shape()));
      }
    }
    return tried;
  }

  /** What a model says of blank pictures. */
  private static List<DjlModel.Output> answers(
      ModelSource model, DjlModel session, ImageGraph graph) {
    Operand<TFloat32> prepared =
        model.pictures().prepared(graph, graph.tf(), model.normalization());
    byte[] blank = new byte[ModelSource.TRIED * model.shape().bytes()];
    try (TUint8 pixels = graph.tensor(blank, ModelSource.TRIED)) {
      return new Handover(session).answers(graph, prepared, pixels);
    }
  }

  /** The layout that the operations of a graph tell, otherwise that of the pictures. */
  private static Map<String, Layout> layouts(ModelSource model, DjlModel session) {
    Layout pictures = model.pictures().layout();
    Map<String, Layout> layouts = new LinkedHashMap<>();
    model
        .outputs()
        .forEach(
            (tap, output) ->
                layouts.put(
                    tap,
                    session
                        .onnx()
                        .flatMap(onnx -> onnx.structure().layout(output.output(), pictures))
                        .orElse(pictures)));
    return layouts;
  }

  private Shape inOurLayout(String tap, Shape shape) {
    return layouts.get(tap) == Layout.NCHW && shape.numDimensions() == 4
        ? Shape.of(shape.get(0), shape.get(2), shape.get(3), shape.get(1))
        : shape;
  }

  @Override
  public String source() {
    String by =
        switch (engine) {
          case ONNX_RUNTIME -> "ONNX Runtime";
          case PYTORCH -> "PyTorch";
          case TENSORFLOW -> "TensorFlow";
        };
    return model.file()
        + " (DJL, "
        + by
        + session.onnx().map(onnx -> "; " + OnnxContent.described(onnx)).orElse("")
        + remark
        + ")";
  }

  @Override
  public boolean normalisesItself() {
    return model.takesPixels();
  }

  @Override
  public TapShapes taps() {
    return taps;
  }

  @Override
  public String fingerprint() {
    return model.fingerprint(engine, session.filesBeside());
  }

  @Override
  public String advice(String place) {
    return model.advice(place)
        + (session.onnx().map(OnnxContent::isHalf).orElse(false)
            ? " It has numbers in float16, in which those beyond 65,504 are infinite: does the model in"
                + " float32 give finite ones?"
            : "");
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    Ops tf = graph.tf().withSubScope(scope);
    Operand<TFloat32> prepared = model.pictures().prepared(graph, tf, model.normalization());
    Map<String, Placeholder<TFloat32>> fed = new LinkedHashMap<>();
    Map<String, Operand<TFloat32>> activations = new LinkedHashMap<>();
    for (String tap : names) {
      if (read.contains(tap)) {
        long[] axes = Objects.requireNonNull(shapes.get(tap)).asArray();
        axes[0] = -1;
        Placeholder<TFloat32> placeholder =
            tf.withName(tap).placeholder(TFloat32.class, Placeholder.shape(Shape.of(axes)));
        fed.put(tap, placeholder);
        // What is fed cannot be fetched as it is.
        ModelOutput output = model.output(tap);
        Operand<TFloat32> given = tf.identity(placeholder);
        activations.put(
            tap,
            output.plain()
                ? PreparedPictures.asTap(tf, given, layouts.get(tap) == Layout.NCHW)
                : TokenTap.of(tf, output, given));
      }
    }
    return new Fed(this, graph, prepared, fed, activations);
  }

  @Override
  public void close() {
    session.close();
  }

  /** Gives a model the pictures that a graph has prepared; keeps the memory for the next. */
  private static final class Handover {

    private final DjlModel session;
    private ByteBuffer given = ByteBuffer.allocateDirect(0);

    Handover(DjlModel session) {
      this.session = session;
    }

    List<DjlModel.Output> answers(ImageGraph graph, Operand<TFloat32> prepared, TUint8 pixels) {
      try (Result result = graph.runner().feed(graph.images(), pixels).fetch(prepared).run()) {
        Tensor pictures = result.get(0);
        int bytes = Math.toIntExact(pictures.numBytes());
        if (given.capacity() < bytes) {
          given = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        given.clear().limit(bytes);
        pictures
            .asRawTensor()
            .data()
            .copyTo(DataBuffers.of(given.duplicate().order(ByteOrder.nativeOrder())), bytes);
        return session.run(given, pictures.shape().asArray());
      }
    }
  }

  private record Fed(
      DjlTeacher teacher,
      ImageGraph graph,
      Operand<TFloat32> prepared,
      Map<String, Placeholder<TFloat32>> placeholders,
      Map<String, Operand<TFloat32>> taps)
      implements MountedTeacher {

    @Override
    public List<Tensor> feed(Session.Runner runner, TUint8 pixels) {
      List<DjlModel.Output> outputs = teacher.handover.answers(graph, prepared, pixels);
      List<Tensor> tensors = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        Placeholder<TFloat32> placeholder = placeholders.get(teacher.names.get(i));
        if (placeholder != null) {
          DjlModel.Output output = outputs.get(i);
          TFloat32 tensor =
              TFloat32.tensorOf(
                  Shape.of(output.shape()), DataBuffers.of(output.values().asFloatBuffer()));
          tensors.add(tensor);
          runner.feed(placeholder, tensor);
        }
      }
      return tensors;
    }
  }
}
