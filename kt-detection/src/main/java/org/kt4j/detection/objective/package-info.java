/** The four losses of Faster R-CNN, as terms of an objective. */
@NullMarked
package org.kt4j.detection.objective;

import org.jspecify.annotations.NullMarked;
