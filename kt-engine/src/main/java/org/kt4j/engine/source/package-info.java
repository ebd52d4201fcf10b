/**
 * Where weights come from: runs, configurations that are trained first, files, models. What a
 * configuration names is resolved here, and nowhere else.
 */
@NullMarked
package org.kt4j.engine.source;

import org.jspecify.annotations.NullMarked;
