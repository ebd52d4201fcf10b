package org.kt4j.engine.step;

/**
 * What one step reports, all computed before its update.
 *
 * @param terms the loss of each term, not weighted
 * @param objective the weighted sum
 * @param score of the batch in training mode, in the task's metric; NaN where there is none or the
 *     objective does not reach what it is computed from
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record StepReport(float[] terms, float objective, float score) {}
