package org.kt4j.detection.data;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What annotators got wrong about boxes and is put right while one data set is read. */
final class BoxRepairs {

  /** How many pictures one message names. */
  private static final int NAMED = 10;

  /** A suite opens its data for every run. */
  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private final String data;
  private final List<String> dropped = new ArrayList<>();
  private final List<String> outside = new ArrayList<>();
  private final List<String> swapped = new ArrayList<>();
  private final List<String> clipped = new ArrayList<>();
  private final List<String> turned = new ArrayList<>();
  private final List<String> areas = new ArrayList<>();

  /**
   * Nothing is repaired yet.
   *
   * @param data the data set's name
   */
  BoxRepairs(String data) {
    this.data = data;
  }

  /** Counts a box as dropped. */
  void drop(String picture) {
    dropped.add(picture);
  }

  /** The box between two corners; a box drawn from right to left or upwards is put in order. */
  Box ordered(String picture, double x1, double y1, double x2, double y2) {
    if (x1 > x2 || y1 > y2) {
      swapped.add(picture);
    }
    return new Box(Math.min(x1, x2), Math.min(y1, y2), Math.max(x1, x2), Math.max(y1, y2));
  }

  /** The part of a box that lies in its picture; empty, and counted as dropped, if none does. */
  Optional<Box> inside(String picture, Box box, int height, int width) {
    Box part =
        new Box(
            Math.max(0, box.xMin()),
            Math.max(0, box.yMin()),
            Math.min(width, box.xMax()),
            Math.min(height, box.yMax()));
    if (part.area() == 0) {
      outside.add(picture);
      return Optional.empty();
    }
    if (!part.equals(box)) {
      clipped.add(picture);
    }
    return Optional.of(part);
  }

  /** Counts a picture whose boxes are turned upright with it. */
  void turn(String picture) {
    turned.add(picture);
  }

  /** Counts an object whose area is no number of square pixels. */
  void boxForArea(String picture) {
    areas.add(picture);
  }

  /** What was repaired and in which pictures; empty when nothing was. */
  Optional<String> sentence() {
    List<String> parts = new ArrayList<>();
    add(parts, dropped, "boxes without area dropped");
    add(parts, outside, "boxes outside their picture dropped");
    add(parts, swapped, "boxes with swapped corners put in order");
    add(parts, clipped, "boxes that reach beyond their picture clipped");
    add(parts, turned, "pictures annotated as they are stored: boxes turned upright with them");
    add(parts, areas, "areas that are no number above 0 replaced by that of the box");
    return parts.isEmpty() ? Optional.empty() : Optional.of(data + ": " + String.join("; ", parts));
  }

  private static void add(List<String> parts, List<String> pictures, String what) {
    if (!pictures.isEmpty()) {
      parts.add(pictures.size() + " " + what + " (in " + named(pictures) + ")");
    }
  }

  /** Logs the sentence, if there is one; once, however often the data set is opened. */
  void warn() {
    sentence().ifPresent(BoxRepairs::warn);
  }

  /** Does not log this one again. */
  static void said(String sentence) {
    SAID.add(sentence);
  }

  /** Logs a sentence; once, however often a data set is opened. */
  static void warn(String sentence) {
    if (SAID.add(sentence)) {
      // Not a constant: a log back end takes longer to start than a list of data sets to print.
      Logger log = LoggerFactory.getLogger(BoxRepairs.class);
      log.warn("{}", sentence);
    }
  }

  private static String named(List<String> pictures) {
    Set<String> different = new LinkedHashSet<>(pictures);
    int more = different.size() - NAMED;
    return String.join(", ", different.stream().limit(NAMED).toList())
        + (more > 0 ? " and " + more + " more" : "");
  }
}
