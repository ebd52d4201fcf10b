/**
 * Criteria by which single weights are set to zero: {@code magnitude} and {@code obd}. The masks
 * themselves are kept by {@code org.kt4j.engine.mask}.
 */
@NullMarked
package org.kt4j.pruning.mask;

import org.jspecify.annotations.NullMarked;
