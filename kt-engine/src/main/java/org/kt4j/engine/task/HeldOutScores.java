package org.kt4j.engine.task;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The student's scores on the held-out pictures after an epoch.
 *
 * @param score in the task's metric; the best epoch is chosen by it
 * @param agreement share of the pictures that teacher and student answer alike; absent without a
 *     teacher, or if an answer is more than a class
 * @param further numbers by name, such as {@code cross-entropy}
 */
public record HeldOutScores(
    double score, @Nullable Double agreement, Map<String, Double> further) {}
