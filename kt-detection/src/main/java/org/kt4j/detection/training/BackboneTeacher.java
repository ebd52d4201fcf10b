package org.kt4j.detection.training;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.kt4j.api.TapShapes;
import org.kt4j.api.Taps;
import org.kt4j.data.ImageShape;
import org.kt4j.data.Normalization;
import org.kt4j.engine.graph.ImageGraph;
import org.kt4j.engine.graph.Layers;
import org.kt4j.engine.graph.Variables;
import org.kt4j.engine.network.Network;
import org.kt4j.engine.teacher.Fingerprint;
import org.kt4j.engine.teacher.LazyWeights;
import org.kt4j.engine.teacher.MountedTeacher;
import org.kt4j.engine.teacher.Teacher;
import org.kt4j.engine.teacher.Weights;
import org.tensorflow.ndarray.Shape;

/**
 * A classifier that teaches a detector: its maps of the whole picture, and no logits, because it
 * does not classify regions. Its last layer is not built, so the number of its classes does not
 * matter.
 */
final class BackboneTeacher implements Teacher {

  private final String source;
  private final Network network;
  private final Normalization normalization;
  private final LazyWeights weights;
  private final TapShapes taps;

  BackboneTeacher(
      String source,
      Network network,
      ImageShape shape,
      Normalization normalization,
      Supplier<Weights> weights) {
    this.source = source;
    this.network = network;
    this.normalization = normalization;
    this.weights = new LazyWeights(weights);
    try (ImageGraph graph = new ImageGraph(shape)) {
      Map<String, Shape> maps = new LinkedHashMap<>();
      built(graph, "tried")
          .taps()
          .forEach(
              (name, tap) -> {
                if (tap.shape().numDimensions() == 4) {
                  maps.put(name, tap.shape());
                }
              });
      this.taps = TapShapes.of(maps);
    }
  }

  @Override
  public String source() {
    return source;
  }

  @Override
  public TapShapes taps() {
    return taps;
  }

  @Override
  public String fingerprint() {
    return new Fingerprint().add(normalization).add(weights.get()).hex();
  }

  @Override
  public MountedTeacher mount(ImageGraph graph, String scope, Collection<String> read) {
    return built(graph, scope);
  }

  private DetectorTeacher.Mounted built(ImageGraph graph, String scope) {
    Variables variables = new Variables(graph.tf(), scope, 0);
    Layers nn = Layers.evaluation(graph.tf().withSubScope(scope), variables);
    nn.until(Taps.POOLED, () -> network.build(nn, graph.normalised(nn.tf(), normalization)));
    return new DetectorTeacher.Mounted(graph, variables, nn.taps(), weights);
  }

  @Override
  public String advice(String place) {
    return "Are its weights and its normalization those of this network?";
  }
}
