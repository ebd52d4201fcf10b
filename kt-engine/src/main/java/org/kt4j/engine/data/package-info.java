/** Data sets, augmentation and batches. */
@NullMarked
package org.kt4j.engine.data;

import org.jspecify.annotations.NullMarked;
