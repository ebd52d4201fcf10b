package org.kt4j.engine.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a trained student reaches on the test pictures, each from 0 to 1.
 *
 * @param last after the last epoch
 * @param best after the epoch that was best on the held-out pictures
 * @param teacher the teacher's; absent without one
 * @param agreement share of the pictures that teacher and student answer alike after the last
 *     epoch; absent without a teacher, or where an answer is more than a class
 * @param classes names
 */
public record TestScores(
    double last,
    double best,
    @Nullable Double teacher,
    @Nullable Double agreement,
    List<String> classes) {}
