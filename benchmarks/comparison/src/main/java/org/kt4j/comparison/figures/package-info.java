/**
 * The figures of the paper, drawn of any run that had a teacher: {@code kt visualize}.
 *
 * <p>Neuron selectivity transfer (Huang and Wang, 2017) takes what excites a neuron as what it
 * knows. So the figures compare neurons by that, in one layer of the teacher and one of the
 * student, the latter before and after transfer: heat maps of single neurons, an embedding of all
 * of them, and the distance of their distributions. {@link
 * org.kt4j.comparison.figures.TransferFigures#examine} looks, {@link
 * org.kt4j.comparison.figures.NeuronFindings#write} draws.
 */
@NullMarked
package org.kt4j.comparison.figures;

import org.jspecify.annotations.NullMarked;
