/**
 * Knowledge distillation: the student learns the teacher's softened predictions (Hinton, Vinyals
 * and Dean, "Distilling the Knowledge in a Neural Network", 2015). A high temperature lets through
 * what the teacher thinks of the wrong classes, which the labels do not say. Beside it the older
 * regression of the logits themselves (Bucila et al., 2006; Ba and Caruana, 2014), which is its
 * limit as the temperature grows. And later forms on the logits: {@code dkd} takes the true class
 * and the others apart, {@code dist} compares correlations, {@code wsld} weights pictures, {@code
 * tf-kd} needs no teacher.
 */
@NullMarked
package org.kt4j.kd;

import org.jspecify.annotations.NullMarked;
