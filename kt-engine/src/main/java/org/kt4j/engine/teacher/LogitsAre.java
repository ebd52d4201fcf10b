package org.kt4j.engine.teacher;

/** What a teacher gives as its logits. */
public enum LogitsAre {
  /** Scores before softmax, of any size. */
  LOGITS,
  /** Probabilities of the classes, behind softmax or sigmoid: their logarithm is taken. */
  PROBABILITIES
}
