package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A neuron of the teacher beside the student's that is most like it.
 *
 * <p>Before and after are looked up alike, each time the best there is: the one that is best after
 * transfer, looked at before it, would look bad for no other reason than that it was chosen after.
 *
 * @param neuron the teacher's
 * @param selectivity how many times as much its pictures excite it as the average picture does
 * @param pictures those that excite it most, the most exciting first
 * @param before the most similar neuron of the student before
 * @param similarityBefore cosine of the two patterns
 * @param after the most similar neuron of the student after
 * @param similarityAfter cosine of the two patterns
 */
record NeuronMatch(
    Neuron neuron,
    double selectivity,
    List<Integer> pictures,
    Neuron before,
    double similarityBefore,
    Neuron after,
    double similarityAfter) {

  /** One that is silent on more is close to dead; what little it does says nothing. */
  private static final double LEAST_ACTIVE_SHARE = 0.1;

  /** Two patterns that are more alike than this show the same thing twice. */
  private static final double SAME = 0.9;

  /**
   * The teacher's most selective neurons. Selectivity is the mean response to the top pictures over
   * the mean response to all. Neurons that are active on less than a tenth of the pictures are
   * passed over, and so is one whose pattern has a cosine above 0.9 with that of a neuron chosen
   * before it.
   *
   * @param count at most so many
   * @param top pictures for each
   */
  static List<NeuronMatch> of(Survey survey, int count, int top) {
    NeuronPatterns patterns = survey.patterns();
    List<NeuronMatch> candidates =
        patterns.alive(NeuronSet.TEACHER).stream()
            .filter(n -> patterns.pictures(n) >= LEAST_ACTIVE_SHARE * survey.responses().length)
            .map(neuron -> of(neuron, survey, top))
            .filter(match -> match.selectivity() > 0)
            .sorted(Comparator.comparingDouble(NeuronMatch::selectivity).reversed())
            .toList();
    List<NeuronMatch> chosen = new ArrayList<>();
    for (NeuronMatch candidate : candidates) {
      boolean isNew =
          chosen.stream()
              .allMatch(other -> patterns.cosine(other.neuron(), candidate.neuron()) <= SAME);
      if (isNew && chosen.size() < count) {
        chosen.add(candidate);
      }
    }
    return chosen;
  }

  private static NeuronMatch of(Neuron neuron, Survey survey, int top) {
    float[][] responses = survey.responses();
    int channel = neuron.channel();
    List<Integer> pictures =
        IntStream.range(0, responses.length)
            .boxed()
            .sorted(Comparator.comparingDouble(picture -> -responses[picture][channel]))
            .limit(top)
            .toList();
    double strongest =
        pictures.stream().mapToDouble(picture -> responses[picture][channel]).average().orElse(0);
    double mean =
        IntStream.range(0, responses.length)
            .mapToDouble(p -> responses[p][channel])
            .average()
            .orElse(0);
    NeuronPatterns patterns = survey.patterns();
    Neuron before = patterns.mostAlike(neuron, NeuronSet.BEFORE);
    Neuron after = patterns.mostAlike(neuron, NeuronSet.AFTER);
    return new NeuronMatch(
        neuron,
        mean > 0 ? strongest / mean : 0,
        pictures,
        before,
        patterns.cosine(neuron, before),
        after,
        patterns.cosine(neuron, after));
  }

  Trio<Neuron> neurons() {
    return new Trio<>(neuron, before, after);
  }
}
