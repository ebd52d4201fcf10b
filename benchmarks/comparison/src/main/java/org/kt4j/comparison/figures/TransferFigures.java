package org.kt4j.comparison.figures;

import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kt4j.api.LayerPair;
import org.kt4j.config.ConfigurationException;
import org.kt4j.data.ImageDataset;
import org.kt4j.engine.registry.Methods;

/**
 * Looks at a teacher and its student, before and after transfer, and finds what the figures show.
 */
public final class TransferFigures {

  /** About how many neighbours matter in the embedding; fewer where there are few neurons. */
  private static final double PERPLEXITY = 30;

  /** Fewer points have no third of a neighbour each, see {@link Tsne#embed}. */
  private static final int FEWEST_POINTS = 4;

  private final Methods methods;

  /** Figures whose distances are those of the term {@code nst} among these methods. */
  @Inject
  public TransferFigures(Methods methods) {
    this.methods = methods;
  }

  /**
   * Looks at everything that the figures show.
   *
   * @param subject who is looked at
   * @param options how much
   * @param seen is told how many pictures were shown so far
   * @throws ConfigurationException when there is no such pair of layers, or nothing to see in it
   */
  public NeuronFindings examine(Subject subject, FigureOptions options, IntConsumer seen) {
    LayerPair layers = ComparedLayers.of(subject, options.layer());
    ImageDataset pictures = spread(subject.pictures(), options.pictures());
    try (SelectivityGraph graph = new SelectivityGraph(subject, layers)) {
      Survey survey = graph.survey(pictures, NstMethods.on(layers, methods), seen);
      List<PlacedNeuron> places = places(survey.patterns(), layers, options.seed());
      List<ExcitedNeuron> neurons =
          NeuronMatch.of(survey, options.neurons(), options.top()).stream()
              .map(match -> excited(match, pictures, graph))
              .toList();
      if (neurons.isEmpty()) {
        throw nothing(layers, "no neuron of the teacher is active on a tenth of the pictures");
      }
      return new NeuronFindings(subject, layers, pictures.size(), survey, neurons, places);
    }
  }

  /** Pictures from all over a set, which may be in the order of its classes. */
  private static ImageDataset spread(ImageDataset set, int count) {
    int wanted = Math.min(count, set.size());
    return set.subset(
        IntStream.range(0, wanted).map(i -> (int) ((long) i * set.size() / wanted)).toArray());
  }

  /** One embedding of all three, so that the same place means the same before and after. */
  private static List<PlacedNeuron> places(NeuronPatterns patterns, LayerPair layers, long seed) {
    List<Neuron> neurons =
        Stream.of(NeuronSet.values()).flatMap(set -> patterns.alive(set).stream()).toList();
    int count = neurons.size();
    if (count < FEWEST_POINTS) {
      throw nothing(layers, "only " + count + " neurons of the networks are ever active");
    }
    double[][] squaredDistances = new double[count][count];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < count; j++) {
        squaredDistances[i][j] = patterns.squaredDistance(neurons.get(i), neurons.get(j));
      }
    }
    double[][] plane = Tsne.embed(squaredDistances, Math.min(PERPLEXITY, (count - 1) / 3.0), seed);
    return IntStream.range(0, count)
        .mapToObj(i -> new PlacedNeuron(neurons.get(i), plane[i][0], plane[i][1]))
        .toList();
  }

  private static ExcitedNeuron excited(
      NeuronMatch match, ImageDataset pictures, SelectivityGraph graph) {
    ImageDataset shown =
        pictures.subset(match.pictures().stream().mapToInt(Integer::intValue).toArray());
    List<Trio<HeatMap>> maps = graph.heatMaps(shown, match.neurons());
    List<ExcitedNeuron.Sight> sights = new ArrayList<>();
    for (int picture = 0; picture < shown.size(); picture++) {
      byte[] pixels = new byte[shown.shape().bytes()];
      shown.copyImage(picture, pixels, 0);
      String className = shown.classes().get(shown.label(picture));
      sights.add(new ExcitedNeuron.Sight(pixels, className, maps.get(picture)));
    }
    return new ExcitedNeuron(match, sights);
  }

  private static ConfigurationException nothing(LayerPair layers, String why) {
    return ConfigurationException.of(
        "--layer: "
            + layers.teacher()
            + "="
            + layers.student()
            + ": "
            + why
            + "; fix: name other layers, or more pictures");
  }
}
