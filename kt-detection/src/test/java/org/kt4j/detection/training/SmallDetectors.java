package org.kt4j.detection.training;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kt4j.data.Augmentation;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.detection.data.LabelledBox;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.graph.FasterRcnnOptions;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.experiment.OptimizerConfig;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.ImageNetResNetProvider;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Detectors of two classes for pictures of 64 x 96 that are built and run in a moment. */
public final class SmallDetectors {

  /** Of every picture here. */
  public static final Normalization NORMALIZATION =
      new Normalization(List.of(0.47, 0.47, 0.47), List.of(0.2, 0.2, 0.2));

  private static final int HEIGHT = 64;
  private static final int WIDTH = 96;

  private SmallDetectors() {}

  /** Options of a detector on a ResNet-10 that is cut at a tap. */
  public static FasterRcnnOptions options(
      int channels,
      String tap,
      int height,
      int width,
      FasterRcnnOptions.Head head,
      boolean frozenBatchNorm) {
    return new FasterRcnnOptions(
        new NetworkConfig("imagenet-resnet-10", new ImageNetResNetProvider.Options(10, channels)),
        tap,
        height,
        width,
        List.of(32.0),
        List.of(0.5, 1.0, 2.0),
        16,
        100,
        20,
        0.7,
        32,
        16,
        7,
        head,
        16,
        frozenBatchNorm,
        0,
        0.05,
        0.5,
        10);
  }

  static FasterRcnnOptions options(
      int channels, FasterRcnnOptions.Head head, boolean frozenBatchNorm) {
    return options(channels, "stage3", HEIGHT, WIDTH, head, frozenBatchNorm);
  }

  /** The detector of such options. */
  public static FasterRcnn of(FasterRcnnOptions options) {
    ImageNetResNetProvider.Options backbone =
        (ImageNetResNetProvider.Options) options.backbone().options();
    return new FasterRcnn(
        new ImageNetResNetProvider()
            .create(backbone, new ImageShape(options.height(), options.width(), 3), 2),
        options,
        NORMALIZATION,
        2);
  }

  /** First values of a seed. */
  static Weights weights(FasterRcnn detector, long seed) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(detector.picture())) {
      Variables variables = new Variables(graph.tf(), "student", seed);
      detector.detections(
          graph,
          graph.tf().withSubScope("evaluation"),
          variables,
          graph.tf().placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2))));
      graph.initialize(variables.all());
      Map<String, float[]> values = values(graph, variables.all());
      for (Variable variable : variables.all()) {
        arrays.put(
            variable.name(),
            Weights.Array.ofTensorFlow(
                variable.kind(),
                variable.shape(),
                values.getOrDefault(variable.name(), new float[0])));
      }
    }
    return new Weights("seed " + seed, arrays);
  }

  /** The numbers of variables by name, read in one run. */
  static Map<String, float[]> values(ImageGraph graph, Collection<Variable> variables) {
    Session.Runner runner = graph.runner();
    variables.forEach(variable -> runner.fetch(variable.value()));
    Map<String, float[]> values = new LinkedHashMap<>();
    try (Result result = runner.run()) {
      int at = 0;
      for (Variable variable : variables) {
        values.put(variable.name(), ImageGraph.floats((TFloat32) result.get(at++)));
      }
    }
    return values;
  }

  /** Two painted pictures. */
  static DetectionBatch batch() {
    PaintedBoxes pictures = new PaintedBoxes(2, HEIGHT, WIDTH, 5);
    int bytes = HEIGHT * WIDTH * 3;
    byte[] images = new byte[2 * bytes];
    List<List<LabelledBox>> objects = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      System.arraycopy(pictures.pixels(i).pixels(), 0, images, i * bytes, bytes);
      objects.add(pictures.objects(i));
    }
    return new DetectionBatch(
        images,
        objects,
        new float[] {HEIGHT, WIDTH, HEIGHT, WIDTH},
        new int[] {0, 1},
        Augmentation.FRESH);
  }

  /** Plain gradient descent: what has no gradient does not move at all. */
  static OptimizerConfig descent() {
    return new OptimizerConfig.Sgd(0.1, 0, false, 0, false, 0);
  }
}
