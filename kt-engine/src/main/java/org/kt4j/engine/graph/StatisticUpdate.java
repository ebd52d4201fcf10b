package org.kt4j.engine.graph;

import org.tensorflow.Output;
import org.tensorflow.op.Op;
import org.tensorflow.types.TFloat32;

/**
 * The update of a running statistic, which a training step runs beside the gradients.
 *
 * @param observed what the network goes on with where the statistic was taken; a step whose
 *     objective does not depend on it leaves the statistic alone
 * @param update changes the statistic
 */
public record StatisticUpdate(Output<TFloat32> observed, Op update) {}
