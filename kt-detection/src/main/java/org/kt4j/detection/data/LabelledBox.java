package org.kt4j.detection.data;

/**
 * An object in a picture.
 *
 * @param box where
 * @param label what: an index into the data set's classes
 * @param difficult whether the annotator marked it as hard to recognise, or, in COCO, as a crowd:
 *     it is not learnt from, and finding or missing it does not count
 * @param area of the object in square pixels, by which COCO's figures tell small from large: that
 *     of its outline where the data set knows it, otherwise that of the box
 */
public record LabelledBox(Box box, int label, boolean difficult, double area) {

  /** An object without an outline. */
  public LabelledBox(Box box, int label, boolean difficult) {
    this(box, label, difficult, box.area());
  }
}
