package org.kt4j.engine.task;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.Normalization;
import org.kt4j.engine.experiment.NetworkConfig;
import org.kt4j.engine.teacher.Weights;

/**
 * A network that is pruned.
 *
 * @param described in words: {@code resnet-56 from runs/teacher}
 * @param network which
 * @param normalization of its input, where it is not the experiment's
 * @param weights read when they are needed
 */
public record PruneSource(
    String described,
    NetworkConfig network,
    @Nullable Normalization normalization,
    Supplier<Weights> weights) {}
