package org.kt4j.engine.teacher;

/** What a teacher beside the training graph is computed in. */
public enum TeacherPrecision {
  /** 32 bits a number. */
  SINGLE,
  /** Whole numbers of 8 bits; faster, slightly less exact. */
  INT8
}
