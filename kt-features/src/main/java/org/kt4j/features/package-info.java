/**
 * Methods by which a student learns the feature maps of the teacher, each with its own idea of what
 * matters in a map: where a channel responds, whether a neuron is active, how channels correlate.
 * Maps of a pair have the same height and width, or one is resized; where a method needs the same
 * number of channels, a convolution that is trained along stands in between.
 */
@NullMarked
package org.kt4j.features;

import org.jspecify.annotations.NullMarked;
