/** Writing and reading of JSON, in the same way for all files. */
@NullMarked
package org.kt4j.engine.json;

import org.jspecify.annotations.NullMarked;
