/** Formats of numbers and tables, the same in all output. */
@NullMarked
package org.kt4j.engine.text;

import org.jspecify.annotations.NullMarked;
