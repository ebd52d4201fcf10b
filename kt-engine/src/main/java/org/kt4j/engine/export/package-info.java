/**
 * What every export needs, whatever its network computes: a graph with constants for its variables
 * ({@link org.kt4j.engine.export.ConstantGraph}), signatures ({@link
 * org.kt4j.engine.export.ServingModel}), a folder that appears whole or not at all ({@link
 * org.kt4j.engine.export.ExportFolder}) and a card that says what the model is. The tasks put them
 * together.
 */
@NullMarked
package org.kt4j.engine.export;

import org.jspecify.annotations.NullMarked;
