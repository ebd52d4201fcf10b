/**
 * Trained detectors as SavedModels: pictures of any size go in, boxes come out, and nothing of kt4j
 * is needed to run them.
 *
 * <p>{@link org.kt4j.detection.export.DetectorRunExport} exports the detector of a run, {@link
 * org.kt4j.detection.export.DetectorExport} any other. TensorFlow itself runs it, as {@link
 * org.kt4j.detection.export.ExportedDetector} does, and so does DJL, with {@link
 * org.kt4j.detection.export.DetectorTranslator} between its pictures and the tensors.
 */
@NullMarked
package org.kt4j.detection.export;

import org.jspecify.annotations.NullMarked;
