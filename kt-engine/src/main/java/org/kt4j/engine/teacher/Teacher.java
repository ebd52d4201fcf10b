package org.kt4j.engine.teacher;

import org.kt4j.engine.data.Normalization;
import org.kt4j.engine.network.Network;

/**
 * A network that knows: what it is, how its pictures are normalised, and its weights.
 *
 * @param network the architecture
 * @param normalization of its input; it need not be the student's
 * @param weights every variable's value
 * @param source where the weights come from, for messages
 */
public record Teacher(
    Network network, Normalization normalization, Weights weights, String source) {}
