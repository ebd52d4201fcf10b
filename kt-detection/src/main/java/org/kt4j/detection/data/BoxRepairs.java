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
  private final List<String> clipped = new ArrayList<>();

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

  /** The part of a box that lies in its picture; empty, and counted as dropped, if none does. */
  Optional<Box> inside(String picture, Box box, int height, int width) {
    Box part =
        new Box(
            Math.max(0, box.xMin()),
            Math.max(0, box.yMin()),
            Math.min(width, box.xMax()),
            Math.min(height, box.yMax()));
    if (part.area() == 0) {
      drop(picture);
      return Optional.empty();
    }
    if (!part.equals(box)) {
      clipped.add(picture);
    }
    return Optional.of(part);
  }

  /** What was repaired and in which pictures; empty when nothing was. */
  Optional<String> sentence() {
    List<String> parts = new ArrayList<>();
    if (!dropped.isEmpty()) {
      parts.add(dropped.size() + " boxes without area dropped (in " + named(dropped) + ")");
    }
    if (!clipped.isEmpty()) {
      parts.add(
          clipped.size()
              + " boxes that reach beyond their picture clipped (in "
              + named(clipped)
              + ")");
    }
    return parts.isEmpty() ? Optional.empty() : Optional.of(data + ": " + String.join("; ", parts));
  }

  /** Logs the sentence, if there is one; once, however often the data set is opened. */
  void warn() {
    // Not a constant: a log back end takes longer to start than a list of data sets to print.
    sentence()
        .filter(SAID::add)
        .ifPresent(
            sentence -> {
              Logger log = LoggerFactory.getLogger(BoxRepairs.class);
              log.warn("{}", sentence);
            });
  }

  private static String named(List<String> pictures) {
    Set<String> different = new LinkedHashSet<>(pictures);
    int more = different.size() - NAMED;
    return String.join(", ", different.stream().limit(NAMED).toList())
        + (more > 0 ? " and " + more + " more" : "");
  }
}
