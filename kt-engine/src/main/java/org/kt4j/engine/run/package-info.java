/**
 * The files of a run folder: what they hold, and how they are written and read. This package does
 * not need TensorFlow.
 */
@NullMarked
package org.kt4j.engine.run;

import org.jspecify.annotations.NullMarked;
