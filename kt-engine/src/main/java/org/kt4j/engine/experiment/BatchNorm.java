package org.kt4j.engine.experiment;

/** What batch normalisation takes its statistics from in training by several workers. */
public enum BatchNorm {
  /** The rows of the worker itself; the running statistics are means over the workers. */
  LOCAL,
  /** The rows of all workers, as one worker with the whole batch would. */
  SYNCHRONISED
}
