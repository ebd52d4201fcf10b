/** What several workers would gain: a cost model of their training, and the exchange measured. */
@NullMarked
package org.kt4j.engine.scaling;

import org.jspecify.annotations.NullMarked;
