package org.kt4j.api;

/** Which map of a pair is resized, bilinearly, when their heights or widths differ. */
public enum Interpolation {
  /** Neither: a pair of unequal sizes is an error. */
  NONE,
  /** The teacher's map takes the student's size; nothing is added to the student's gradient. */
  TEACHER,
  /** The student's map takes the teacher's size; the gradient runs back through the resizing. */
  STUDENT
}
