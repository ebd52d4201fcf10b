/** Pictures with boxes: PASCAL VOC and COCO layouts, and pictures that the program paints. */
@NullMarked
package org.kt4j.detection.data;

import org.jspecify.annotations.NullMarked;
