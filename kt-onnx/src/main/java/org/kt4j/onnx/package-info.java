/** Exported networks and detectors as ONNX models: written, quantised, and run by ONNX Runtime. */
@NullMarked
package org.kt4j.onnx;

import org.jspecify.annotations.NullMarked;
