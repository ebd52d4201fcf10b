package org.kt4j.engine.graph;

import org.jspecify.annotations.Nullable;
import org.tensorflow.Output;
import org.tensorflow.types.TFloat32;

/**
 * The weights of a layer as signs, in a graph.
 *
 * @param variable holds the numbers that are trained
 * @param signs -1 and 1, of the variable's shape
 * @param scale one for each output channel, {@code [C]}; null where it is 1
 */
public record BinaryWeight(
    Variable variable, Output<TFloat32> signs, @Nullable Output<TFloat32> scale) {}
