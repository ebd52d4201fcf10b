/** Models in whole numbers of 8 bits: which tensors, in which ranges, and how that is written. */
@NullMarked
package org.kt4j.onnx.quantize;

import org.jspecify.annotations.NullMarked;
