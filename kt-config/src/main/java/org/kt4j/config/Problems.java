package org.kt4j.config;

import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one configuration. */
final class Problems {

  private final String source;
  private final List<String> found = new ArrayList<>();

  Problems(String source) {
    this.source = source;
  }

  void add(Place place, String detail) {
    found.add(line(source, place, detail));
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw new ConfigurationException(found);
    }
  }

  static ConfigurationException single(String source, Place place, String detail) {
    return new ConfigurationException(List.of(line(source, place, detail)));
  }

  private static String line(String source, Place place, String detail) {
    return place.equals(Place.TOP) ? source + ": " + detail : source + ": " + place + ": " + detail;
  }
}
