/**
 * Knowledge distillation: the student learns the teacher's softened predictions (Hinton, Vinyals
 * and Dean, "Distilling the Knowledge in a Neural Network", 2015). A high temperature lets through
 * what the teacher thinks of the wrong classes, which the labels do not say.
 */
@NullMarked
package org.kt4j.kd;

import org.jspecify.annotations.NullMarked;
