/** Pictures with the boxes that were found in them, through DJL's types. */
@NullMarked
package org.kt4j.detection.drawing;

import org.jspecify.annotations.NullMarked;
