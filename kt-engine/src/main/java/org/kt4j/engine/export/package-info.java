/**
 * Trained networks as models that run without kt4j.
 *
 * <p>{@link org.kt4j.engine.export.StudentExport} takes the student out of a run: a SavedModel in a
 * folder that DJL loads as it is, verified against the run, with a card that says what it is.
 * {@link org.kt4j.engine.export.ClassifierExport} does the same for any classifier that is at hand,
 * and {@link org.kt4j.engine.export.ExportedClassifier} runs the result. What every export needs,
 * whatever its network computes, stands apart: a graph with constants for its variables ({@link
 * org.kt4j.engine.export.ConstantGraph}), signatures ({@link org.kt4j.engine.export.ServingModel})
 * and a folder that appears whole or not at all ({@link org.kt4j.engine.export.ExportFolder}).
 */
@NullMarked
package org.kt4j.engine.export;

import org.jspecify.annotations.NullMarked;
