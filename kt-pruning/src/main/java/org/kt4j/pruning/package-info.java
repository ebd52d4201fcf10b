/** Makes a narrower network out of a trained one: criteria, plans, weights. */
@NullMarked
package org.kt4j.pruning;

import org.jspecify.annotations.NullMarked;
