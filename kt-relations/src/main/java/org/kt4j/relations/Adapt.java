package org.kt4j.relations;

/**
 * When a 1x1 convolution makes as many channels of a student's map as the teacher's has. It is
 * trained along with the student and never exported.
 */
public enum Adapt {
  /** Where the numbers of channels differ. */
  AUTO,
  /** Also where they are equal: the student may keep channels of its own. */
  ALWAYS
}
