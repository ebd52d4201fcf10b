package org.kt4j.engine.training;

/**
 * What one step reports, all computed before its update.
 *
 * @param terms the loss of each term, not weighted
 * @param objective the weighted sum
 * @param accuracy share of the batch that a classifier got right in training mode; NaN where the
 *     objective does not reach the logits, which then are not computed
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record StepReport(float[] terms, float objective, float accuracy) {}
