/** Configurations for data that was found in a folder. */
@NullMarked
package org.kt4j.engine.draft;

import org.jspecify.annotations.NullMarked;
