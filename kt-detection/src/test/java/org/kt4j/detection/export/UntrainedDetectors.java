package org.kt4j.detection.export;

import com.google.inject.Guice;
import com.google.inject.Injector;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.kt4j.data.Normalization;
import org.kt4j.data.Picture;
import org.kt4j.detection.graph.FasterRcnn;
import org.kt4j.detection.training.DetectorFactory;
import org.kt4j.engine.KtModule;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Variable;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;

/** Detectors of three classes with random weights that find something in every picture. */
final class UntrainedDetectors {

  static final Normalization NORMALIZATION =
      new Normalization(List.of(0.47, 0.47, 0.47), List.of(0.2, 0.2, 0.2));

  static final List<String> CLASSES = List.of("red", "blue", "a third one");

  private static final float GAIN = 10;

  private UntrainedDetectors() {}

  /** With one of the heads, {@code dense} or {@code stage}. */
  static FasterRcnn of(String head) {
    Injector injector = Guice.createInjector(KtModule.fromClassPath());
    ExperimentReader reader = injector.getInstance(ExperimentReader.class);
    var config =
        reader.parse(
            "test",
            """
            data: {name: shapes-detection}
            normalization: {mean: [0.47, 0.47, 0.47], std: [0.2, 0.2, 0.2]}
            student:
              network: faster-rcnn
              backbone: {network: imagenet-resnet-10, width: 8}
              tap: stage3
              height: 96
              width: 128
              head: %s
              rpn-channels: 16
              head-units: 16
              candidates: 200
              proposals: 40
              sampled-regions: 16
              detections: 30
              score-threshold: 0.1
            phases: [{name: detect, epochs: 1, objective: [{preset: faster-rcnn}]}]
            """
                .formatted(head));
    return injector.getInstance(DetectorFactory.class).detector(config, CLASSES.size());
  }

  /** First values, but for the last layers': with those all classes would have the same score. */
  static Weights weights(FasterRcnn detector) {
    Map<String, Weights.Array> arrays = new LinkedHashMap<>();
    try (ImageGraph graph = new ImageGraph(detector.picture())) {
      Variables variables = new Variables(graph.tf(), "untrained", 3);
      detector.detections(
          graph,
          graph.tf(),
          variables,
          graph.tf().placeholder(TFloat32.class, Placeholder.shape(Shape.of(-1, 2))));
      graph.initialize(variables.all());
      for (Variable variable : variables.all()) {
        float[] values = graph.read(variable);
        boolean last = variable.shape().size() > 1 && variable.name().contains("predictor");
        for (int i = 0; last && i < values.length; i++) {
          values[i] *= GAIN;
        }
        arrays.put(
            variable.name(), Weights.Array.ofTensorFlow(variable.kind(), variable.shape(), values));
      }
    }
    return new Weights("an untrained detector", arrays);
  }

  /** A picture of noise. */
  static Picture noise(int height, int width, long seed) {
    byte[] values = new byte[height * width * 3];
    new Random(seed).nextBytes(values);
    return new Picture(height, width, values);
  }
}
