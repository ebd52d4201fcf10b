/**
 * The task of image classification: its students predict one class for each picture. The label term
 * is {@code cross-entropy}, the metric is accuracy.
 */
@NullMarked
package org.kt4j.classification;

import org.jspecify.annotations.NullMarked;
