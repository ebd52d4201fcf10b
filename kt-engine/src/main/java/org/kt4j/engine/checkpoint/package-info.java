/**
 * Checkpoints: variables written by TensorFlow's own save operation, with a manifest that says what
 * they are and how to tell whether they are whole.
 *
 * <p>A checkpoint is a folder that is written under another name and renamed when it is complete.
 * {@code last.json} and {@code best.json} point to one each, and are replaced by renaming too; a
 * kill at any moment leaves the pointers at whole checkpoints.
 */
@NullMarked
package org.kt4j.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
