/**
 * Object detection by Faster R-CNN on the networks of the engine: data in the layout of PASCAL VOC
 * and COCO, mean average precision, and knowledge transfer into detectors, either through a
 * backbone that was distilled on classification or on the backbone's map while the detector trains.
 *
 * <p>The package holds no code yet.
 */
@NullMarked
package org.kt4j.detection;

import org.jspecify.annotations.NullMarked;
