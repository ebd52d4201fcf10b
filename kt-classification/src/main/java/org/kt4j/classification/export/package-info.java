/** Trained classifiers as SavedModels, from the picture to the probabilities. */
@NullMarked
package org.kt4j.classification.export;

import org.jspecify.annotations.NullMarked;
