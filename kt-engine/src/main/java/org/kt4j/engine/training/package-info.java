/**
 * Training: one graph that holds student, teacher, objective and update; the loop that runs it;
 * schedules, checkpoints and the run folder.
 */
@NullMarked
package org.kt4j.engine.training;

import org.jspecify.annotations.NullMarked;
