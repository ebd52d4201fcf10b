/**
 * Models of other tools, as far as the engine knows them: the files of a SavedModel, and who opens
 * the others.
 */
@NullMarked
package org.kt4j.engine.model;

import org.jspecify.annotations.NullMarked;
