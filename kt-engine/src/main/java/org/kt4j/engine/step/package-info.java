/**
 * The graph of one training step. A task adds its student; {@link
 * org.kt4j.engine.step.DistillationStep} adds teachers, terms, gradients and update.
 */
@NullMarked
package org.kt4j.engine.step;

import org.jspecify.annotations.NullMarked;
