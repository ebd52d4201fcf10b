package org.kt4j.comparison.figures;

/**
 * The squared maximum mean discrepancy between teacher and student, as the term {@code nst}
 * computes it, mean over the pictures.
 *
 * @param kernel linear, polynomial or gaussian
 * @param before of the student before transfer
 * @param after of the student after transfer
 */
public record KernelDistance(String kernel, double before, double after) {}
