/** Models of other tools: the interface of what opens them, and the files of a SavedModel. */
@NullMarked
package org.kt4j.engine.model;

import org.jspecify.annotations.NullMarked;
