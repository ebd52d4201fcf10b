/** Numbers and tables, written in the same way everywhere. */
@NullMarked
package org.kt4j.engine.text;

import org.jspecify.annotations.NullMarked;
