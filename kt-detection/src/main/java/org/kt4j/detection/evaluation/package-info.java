/** How good detections are: average precision as PASCAL VOC and COCO define it. */
@NullMarked
package org.kt4j.detection.evaluation;

import org.jspecify.annotations.NullMarked;
