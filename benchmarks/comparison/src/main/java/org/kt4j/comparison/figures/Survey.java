package org.kt4j.comparison.figures;

import java.util.List;

/**
 * What the three networks did on the pictures.
 *
 * @param patterns how alike their neurons are
 * @param responses how much each picture excites each of the teacher's neurons: the positive part
 *     of its map, mean over the positions, {@code [N, C_T]}
 * @param mmd the squared MMD by kernel
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier of numbers, never compared
record Survey(NeuronPatterns patterns, float[][] responses, List<KernelDistance> mmd) {}
