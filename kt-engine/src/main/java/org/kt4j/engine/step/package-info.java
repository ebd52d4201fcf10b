/**
 * The graph of one training step: student, teachers, terms, gradients and update. {@link
 * org.kt4j.engine.objective.StudentGraph} is the part that a task adds, {@link
 * org.kt4j.engine.step.DistillationStep} the rest.
 */
@NullMarked
package org.kt4j.engine.step;

import org.jspecify.annotations.NullMarked;
