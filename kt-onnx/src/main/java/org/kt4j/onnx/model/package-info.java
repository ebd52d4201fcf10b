/** An ONNX model in memory, and how it is written. */
@NullMarked
package org.kt4j.onnx.model;

import org.jspecify.annotations.NullMarked;
