package org.kt4j.engine.training;

import org.jspecify.annotations.Nullable;

/**
 * What the student reaches on the held-out pictures after an epoch.
 *
 * @param score from 0 to 1, more is better; the best epoch is chosen by it
 * @param crossEntropy of a classifier, in nats
 * @param agreement share of the pictures that teacher and student answer alike
 */
public record HeldOutScores(
    double score, @Nullable Double crossEntropy, @Nullable Double agreement) {}
