package org.kt4j.engine.task;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scores of a trained student on the test pictures, in the task's metric.
 *
 * @param last after the last epoch
 * @param best after the epoch that was best on the held-out pictures
 * @param teacher the teacher's; absent without one
 * @param agreement share of the pictures that teacher and student answer alike after the last
 *     epoch; absent without a teacher, or if an answer is more than a class
 * @param classes the names of the classes
 */
public record TestScores(
    double last,
    double best,
    @Nullable Double teacher,
    @Nullable Double agreement,
    List<String> classes) {}
