/**
 * FitNets: a layer of the student, through a regressor that is trained along and never exported,
 * predicts a layer of the teacher, the hint (Romero et al., "FitNets: Hints for Thin Deep Nets",
 * 2015). Meant to offer the two stages of the paper, hint first and distillation after, and both at
 * once.
 *
 * <p>The package holds no code yet.
 */
@NullMarked
package org.kt4j.fitnets;

import org.jspecify.annotations.NullMarked;
