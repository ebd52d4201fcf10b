package org.kt4j.detection.data;

/**
 * An object in a picture.
 *
 * @param box where
 * @param label what: an index into the data set's classes
 * @param difficult whether the annotator marked it as hard to recognise, or, in COCO, as a crowd:
 *     it is not learnt from, and finding or missing it does not count
 */
public record LabelledBox(Box box, int label, boolean difficult) {}
