/**
 * Masks: weights of a student that are held at zero. {@link org.kt4j.engine.mask.Masks} keeps them
 * in a graph, {@link org.kt4j.engine.mask.Masking} says when they change, and {@link
 * org.kt4j.engine.mask.Curvature} measures the second derivatives that a criterion may ask for.
 */
@NullMarked
package org.kt4j.engine.mask;

import org.jspecify.annotations.NullMarked;
