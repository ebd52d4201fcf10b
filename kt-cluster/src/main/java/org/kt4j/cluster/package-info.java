/**
 * Several workers that train one student together, on TensorFlow's gRPC runtime and its collective
 * operations.
 */
@NullMarked
package org.kt4j.cluster;

import org.jspecify.annotations.NullMarked;
