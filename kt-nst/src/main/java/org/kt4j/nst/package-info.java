/**
 * Neuron selectivity transfer: the student matches the distribution of the teacher's neuron
 * selectivity patterns, each channel of a feature map being one sample, by the maximum mean
 * discrepancy under a kernel (Huang and Wang, "Like What You Like: Knowledge Distill via Neuron
 * Selectivity Transfer", 2017). Teacher and student need the same map size, not the same channels.
 */
@NullMarked
package org.kt4j.nst;

import org.jspecify.annotations.NullMarked;
