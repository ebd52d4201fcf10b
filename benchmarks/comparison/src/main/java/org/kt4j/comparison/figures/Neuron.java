package org.kt4j.comparison.figures;

/**
 * One channel of the layer that is looked at.
 *
 * @param set whose
 * @param channel counted from 0
 */
record Neuron(NeuronSet set, int channel) {}
