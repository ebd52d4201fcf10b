/**
 * Faster R-CNN as a TensorFlow graph: anchors, region proposals, sampling, RoIAlign, box head and
 * losses (Ren et al., Faster R-CNN, 2015; RoIAlign of He et al., Mask R-CNN, 2017).
 *
 * <p>Boxes in a graph are {@code [yMin, xMin, yMax, xMax]} in pixels of the padded picture, the
 * order that TensorFlow's operations want.
 */
@NullMarked
package org.kt4j.detection.graph;

import org.jspecify.annotations.NullMarked;
