package org.kt4j.engine.step;

import org.jspecify.annotations.Nullable;

/**
 * The values of one step, all computed before its update.
 *
 * @param terms the loss of each term, not weighted
 * @param objective the weighted sum
 * @param score of the batch in training mode, in the task's metric; NaN if there is none, or if the
 *     objective does not depend on what it is computed from
 * @param teachersFault where a term is no number because a teacher gave none: which teacher and
 *     what; null otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
public record StepReport(
    float[] terms, float objective, float score, @Nullable String teachersFault) {}
