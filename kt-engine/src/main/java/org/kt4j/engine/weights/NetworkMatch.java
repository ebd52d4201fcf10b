package org.kt4j.engine.weights;

import org.jspecify.annotations.Nullable;

/**
 * How well some weights are those of a network.
 *
 * @param network as a configuration names it, with options that are not the usual ones: {@code
 *     vgg-16, head: large}
 * @param classes of its last layer, as many as the weights have where that can be told
 * @param found arrays that it needs and that are there in its shapes
 * @param needed arrays that it needs
 * @param difference the first names that differ; null where the weights are those of the network
 */
public record NetworkMatch(
    String network, int classes, int found, int needed, @Nullable String difference) {

  /** The share of all arrays, of the weights and of the network, that are the same. */
  double agreement(int given) {
    return (double) found / Math.max(1, needed + given - found);
  }
}
