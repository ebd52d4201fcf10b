package org.kt4j.comparison.figures;

/**
 * A neuron in the plane of the embedding.
 *
 * @param neuron whose
 * @param x to the right
 * @param y upwards
 */
record PlacedNeuron(Neuron neuron, double x, double y) {}
