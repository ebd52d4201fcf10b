/**
 * Attention transfer: the student learns where in the picture the teacher responds, from maps that
 * sum the magnitudes of a feature map over its channels (Zagoruyko and Komodakis, "Paying More
 * Attention to Attention", 2017). Meant to offer the exponent of the sum, the distance of the
 * paper's equation and that of its published code, and several pairs of layers.
 *
 * <p>The package holds no code yet.
 */
@NullMarked
package org.kt4j.attention;

import org.jspecify.annotations.NullMarked;
