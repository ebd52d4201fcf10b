/** What the engine knows of pruning: what is pruned, how it is asked for, and who does it. */
@NullMarked
package org.kt4j.engine.prune;

import org.jspecify.annotations.NullMarked;
