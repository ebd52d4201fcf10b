/**
 * How a run goes: its prerequisites, its phases and epochs, resuming, and what is written on the
 * way. What a student is and learns is up to its task.
 */
@NullMarked
package org.kt4j.engine.training;

import org.jspecify.annotations.NullMarked;
