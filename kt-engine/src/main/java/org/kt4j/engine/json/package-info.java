/** How everything that is written as JSON is written and read. */
@NullMarked
package org.kt4j.engine.json;

import org.jspecify.annotations.NullMarked;
