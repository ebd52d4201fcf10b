/**
 * Object detection by Faster R-CNN on the networks of the engine: data in the layout of PASCAL VOC
 * and COCO, mean average precision, and knowledge transfer into detectors, either through a
 * backbone that was distilled on classification or on the backbone's map, and the regions' logits,
 * while the detector trains.
 *
 * <p>An experiment belongs to this task when its student is {@code faster-rcnn}; everything else of
 * its configuration is as in any other. The task is found by {@link java.util.ServiceLoader} when
 * this artifact is on the class path.
 */
@NullMarked
package org.kt4j.detection;

import org.jspecify.annotations.NullMarked;
