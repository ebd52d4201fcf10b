package org.kt4j.engine.training;

import org.kt4j.api.KnowledgeTransfer;

/**
 * One weighted part of the objective.
 *
 * @param label what it is called in progress, metrics and the graph; unique within its objective
 * @param weight the factor of its loss
 * @param method what computes it
 */
public record Term(String label, double weight, KnowledgeTransfer method) {}
