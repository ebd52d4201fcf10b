package org.kt4j.comparison.figures;

import java.util.ArrayList;
import java.util.List;

/**
 * How alike the neurons of the three networks are.
 *
 * <p>A neuron's pattern is what the paper compares, over many pictures: its activation map on each
 * picture at length one, {@code [HW]}, put one behind the other and brought to length one again,
 * {@code [N * HW]}. Only the inner products of these patterns are kept, so that neither the number
 * of pictures nor the size of the maps matters.
 */
final class NeuronPatterns {

  private final Trio<Integer> channels;
  private final double[][] products;

  /**
   * The neurons of the teacher, of the student before and of the student after, in this order.
   *
   * @param channels how many of each
   * @param products inner products of the maps at length one, summed over the pictures, {@code [M,
   *     M]}
   */
  NeuronPatterns(Trio<Integer> channels, double[][] products) {
    this.channels = channels;
    this.products = products;
  }

  /** The neurons of one network that some picture excites. */
  List<Neuron> alive(NeuronSet set) {
    List<Neuron> alive = new ArrayList<>();
    for (int channel = 0; channel < channels(set); channel++) {
      Neuron neuron = new Neuron(set, channel);
      if (pictures(neuron) > 0) {
        alive.add(neuron);
      }
    }
    return alive;
  }

  /** How many neurons a network has, dead ones included. */
  int channels(NeuronSet set) {
    return channels.of(set);
  }

  /** The number of pictures on which a neuron's map is not all zeros. */
  long pictures(Neuron neuron) {
    int i = index(neuron);
    return Math.round(products[i][i]); // a map at length one has the square one
  }

  /** The cosine of two patterns, 1 for the same; 0 when one of the neurons is dead. */
  double cosine(Neuron one, Neuron other) {
    int i = index(one);
    int j = index(other);
    double lengths = Math.sqrt(products[i][i] * products[j][j]);
    return lengths == 0 ? 0 : products[i][j] / lengths;
  }

  /** The squared distance of two patterns, {@code 2 - 2 cos}. */
  double squaredDistance(Neuron one, Neuron other) {
    return one.equals(other) ? 0 : Math.max(0, 2 - 2 * cosine(one, other));
  }

  /** The neuron of a network whose pattern is most like that of another neuron. */
  Neuron mostAlike(Neuron neuron, NeuronSet set) {
    Neuron best = new Neuron(set, 0);
    for (Neuron candidate : alive(set)) {
      if (cosine(neuron, candidate) > cosine(neuron, best)) {
        best = candidate;
      }
    }
    return best;
  }

  /**
   * The distance between the pattern of a teacher's neuron and the nearest of the student's, mean
   * over the teacher's: how much of the teacher's selectivity the student has. Dead neurons do not
   * count. NaN when all neurons of a side are dead.
   */
  double meanNearestDistance(NeuronSet student) {
    if (alive(student).isEmpty()) {
      return Double.NaN;
    }
    return alive(NeuronSet.TEACHER).stream()
        .mapToDouble(neuron -> Math.sqrt(squaredDistance(neuron, mostAlike(neuron, student))))
        .average()
        .orElse(Double.NaN);
  }

  private int index(Neuron neuron) {
    int index = neuron.channel();
    for (NeuronSet set : NeuronSet.values()) {
      if (set == neuron.set()) {
        break;
      }
      index += channels(set);
    }
    return index;
  }
}
