/**
 * FitNets: a layer of the student, through a regressor that is trained along and never exported,
 * predicts a layer of the teacher, the hint (Romero et al., "FitNets: Hints for Thin Deep Nets",
 * 2015). In the two stages of the paper, hint first and distillation after, or both at once. Two
 * further forms of hint: knowledge pre-regression (Wang et al., 2016), and the teacher's most
 * informative neurons alone (Luo et al., 2016).
 */
@NullMarked
package org.kt4j.fitnets;

import org.jspecify.annotations.NullMarked;
