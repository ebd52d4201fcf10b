/**
 * Attention transfer: the student learns where in the picture the teacher responds, from maps that
 * sum the magnitudes of a feature map over its channels (Zagoruyko and Komodakis, "Paying More
 * Attention to Attention", 2017). Teacher and student need the same map size, or one is resized;
 * channel counts may differ.
 */
@NullMarked
package org.kt4j.attention;

import org.jspecify.annotations.NullMarked;
