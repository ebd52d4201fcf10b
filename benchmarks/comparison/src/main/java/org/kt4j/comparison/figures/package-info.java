/**
 * The figures of the paper, for any run with a teacher: {@code kt visualize}.
 *
 * <p>Neuron selectivity transfer (Huang and Wang, 2017) describes a neuron by the pictures and
 * places that excite it. The figures compare neurons by this, in one layer of the teacher and one
 * of the student, the latter before and after transfer: heat maps of single neurons, an embedding
 * of all of them, and the distance of their distributions. {@link
 * org.kt4j.comparison.figures.TransferFigures#examine} computes them, {@link
 * org.kt4j.comparison.figures.NeuronFindings#write} draws them.
 */
@NullMarked
package org.kt4j.comparison.figures;

import org.jspecify.annotations.NullMarked;
