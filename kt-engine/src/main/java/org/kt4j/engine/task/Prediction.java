package org.kt4j.engine.task;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** The answer to one picture. */
public interface Prediction {

  /** The answer in words: one line, or one for each object that was found. */
  List<String> lines();

  /**
   * The answer as strings, numbers, lists and maps, to be written as JSON.
   *
   * @return in the order in which they are written
   */
  Map<String, Object> values();

  /** The picture with the answer drawn in it. */
  BufferedImage drawn();
}
