package org.kt4j.detection.data;

import org.kt4j.api.InvalidOptionException;

/** The check that every option which names a file or a folder goes through. */
final class FileOptions {

  private FileOptions() {}

  static void require(String option, String value, String allowed) {
    if (value.isBlank()) {
      throw new InvalidOptionException(option, "'" + value + "'", allowed);
    }
  }
}
