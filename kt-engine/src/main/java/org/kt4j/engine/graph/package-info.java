/**
 * The basis of TensorFlow graphs: starting the native library, the three sets of variables
 * (student, auxiliary, frozen), and the layers that networks are written in.
 *
 * <p>Everything is NHWC. A network is a function of {@link org.kt4j.engine.graph.Layers}; calling
 * it twice over the same {@link org.kt4j.engine.graph.Variables}, once for training and once for
 * evaluation, gives two graphs that share their weights.
 */
@NullMarked
package org.kt4j.engine.graph;

import org.jspecify.annotations.NullMarked;
