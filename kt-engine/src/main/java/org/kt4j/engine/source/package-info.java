/**
 * Where weights come from: runs, configurations that are trained first, files, models. This package
 * alone resolves what a configuration names.
 */
@NullMarked
package org.kt4j.engine.source;

import org.jspecify.annotations.NullMarked;
