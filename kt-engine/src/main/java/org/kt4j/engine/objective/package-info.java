/** The terms that need no teacher and therefore no artifact of their own. */
@NullMarked
package org.kt4j.engine.objective;

import org.jspecify.annotations.NullMarked;
