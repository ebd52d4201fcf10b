/**
 * Checkpoints: variables written by TensorFlow's own save operation, with a manifest that says what
 * they are and how to tell whether they are whole.
 *
 * <p>A checkpoint is a folder that is written under another name and renamed when it is complete.
 * {@code last.json} names the last one, and is replaced by renaming too; the manifest of the last
 * one says which is the best. So a kill at any moment leaves a last and a best one that belong
 * together.
 */
@NullMarked
package org.kt4j.engine.checkpoint;

import org.jspecify.annotations.NullMarked;
