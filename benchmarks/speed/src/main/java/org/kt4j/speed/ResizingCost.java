package org.kt4j.speed;

import java.util.ArrayList;
import java.util.List;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.engine.export.ExportOptions;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.NativeRuntime;
import org.kt4j.engine.model.SavedModelFile;
import org.tensorflow.Graph;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.proto.AttrValue;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.GraphDef;
import org.tensorflow.proto.NodeDef;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TUint8;

/**
 * What the resizing in an export costs pictures that have the network's size already: beside the
 * same graph with a cast in its place.
 */
final class ResizingCost implements Section {

  private static final String SCOPE = "resize/";

  @Override
  public String name() {
    return "resize";
  }

  @Override
  public Outcome measure(Workbench bench) {
    String student = bench.settings().student();
    List<Figure> figures = new ArrayList<>();
    try (TemporaryFolder temporary = new TemporaryFolder();
        ExportSubject exported =
            ExportSubject.of(
                bench.classifier(student),
                ExportOptions.defaults(),
                temporary.path().resolve("student"))) {
      GraphDef whole = SavedModelFile.graph(exported.folder()).getGraphDef();
      try (Running with = new Running(whole);
          Running without = new Running(withoutResizing(whole))) {
        for (int size : List.of(1, bench.settings().batch())) {
          byte[] pixels = bench.pixels(size);
          ImageShape shape = bench.pictures().shape();
          ValueAgreement.require(
              "with and without resizing",
              with.logits(pixels, size, shape),
              without.logits(pixels, size, shape),
              ValueAgreement.ROUNDING);
          List<Samples> seconds =
              ExportSpeed.rounds(bench, size)
                  .seconds(
                      () -> with.logits(pixels, size, shape),
                      () -> without.logits(pixels, size, shape));
          figures.add(
              Figure.of(
                  name(),
                  student + ", batch " + size + ": time with resizing over without",
                  "",
                  seconds.get(0).over(seconds.get(1))));
        }
      }
    }
    return new Outcome(figures, List.of());
  }

  /** With a cast in the place of what gives the resized pixels as whole numbers. */
  private static GraphDef withoutResizing(GraphDef whole) {
    NodeDef last =
        whole.getNodeList().stream()
            .filter(node -> node.getName().startsWith(SCOPE) && node.getOp().equals("EnsureShape"))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("the export does not resize"));
    NodeDef cast =
        NodeDef.newBuilder()
            .setName(last.getName())
            .setOp("Cast")
            .addInput(images(whole))
            .putAttr("SrcT", type(DataType.DT_UINT8))
            .putAttr("DstT", type(DataType.DT_FLOAT))
            .build();
    GraphDef.Builder without = whole.toBuilder().clearNode();
    for (NodeDef node : whole.getNodeList()) {
      if (node.equals(last)) {
        without.addNode(cast);
      } else if (!node.getName().startsWith(SCOPE)) {
        without.addNode(node);
      }
    }
    return without.build();
  }

  private static AttrValue type(DataType type) {
    return AttrValue.newBuilder().setType(type).build();
  }

  /** The operation that is fed. */
  private static String images(GraphDef graph) {
    return graph.getNodeList().stream()
        .filter(node -> node.getOp().equals("Placeholder"))
        .map(NodeDef::getName)
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the export is fed with nothing"));
  }

  /** A graph in its session. */
  private static final class Running implements AutoCloseable {

    private final Graph graph;
    private final Session session;
    private final String images;

    Running(GraphDef definition) {
      graph = NativeRuntime.newGraph();
      graph.importGraphDef(definition);
      session = new Session(graph, NativeRuntime.sessionConfig());
      images = images(definition);
    }

    float[] logits(byte[] pixels, int size, ImageShape shape) {
      Shape axes = Shape.of(size, shape.height(), shape.width(), shape.channels());
      try (Tensor fed = TUint8.tensorOf(axes, DataBuffers.of(pixels, true, false));
          Result result = session.runner().feed(images, fed).fetch(Taps.LOGITS).run()) {
        return ImageGraph.floats((TFloat32) result.get(0));
      }
    }

    @Override
    public void close() {
      session.close();
      graph.close();
    }
  }
}
