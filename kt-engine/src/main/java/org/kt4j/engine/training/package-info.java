/**
 * The course of a run: its prerequisites, its phases and epochs, resuming, and the files that it
 * writes. The task defines what a student is and learns.
 */
@NullMarked
package org.kt4j.engine.training;

import org.jspecify.annotations.NullMarked;
