/** The graph of one training step: student, teachers, terms, gradients and update. */
@NullMarked
package org.kt4j.engine.step;

import org.jspecify.annotations.NullMarked;
