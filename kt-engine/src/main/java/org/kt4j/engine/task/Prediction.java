package org.kt4j.engine.task;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;

/** The answer to one picture. */
public interface Prediction {

  /** For people; one line, or one for each thing that was found. */
  List<String> lines();

  /**
   * For other programs: strings, numbers, lists and maps, to be written as JSON.
   *
   * @return in the order in which they are written
   */
  Map<String, Object> values();

  /** The picture with the answer drawn in it. */
  BufferedImage drawn();
}
