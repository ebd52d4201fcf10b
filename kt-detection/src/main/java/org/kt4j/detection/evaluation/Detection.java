package org.kt4j.detection.evaluation;

import org.kt4j.detection.data.Box;

/**
 * What a detector found.
 *
 * @param box where, in pixels of the picture as it is stored
 * @param label what: an index into the data set's classes
 * @param score how sure, from 0 to 1
 */
public record Detection(Box box, int label, double score) {}
