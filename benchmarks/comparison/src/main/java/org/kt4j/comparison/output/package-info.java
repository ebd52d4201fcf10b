/** Pages, tables for other programs, and files, written in the same way everywhere. */
@NullMarked
package org.kt4j.comparison.output;

import org.jspecify.annotations.NullMarked;
