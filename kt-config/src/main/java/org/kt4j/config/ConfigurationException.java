package org.kt4j.config;

import java.util.List;

/** A configuration cannot be used. Holds every problem that was found, not only the first. */
public class ConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String[] problems;

  /**
   * Reports problems.
   *
   * @param problems at least one, each as {@code file: place: what is wrong}
   */
  public ConfigurationException(List<String> problems) {
    super(String.join("\n", problems));
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("a configuration exception without a problem");
    }
    this.problems = problems.toArray(new String[0]);
  }

  /** A single problem, as it shows when a configuration is tried on its data and networks. */
  public static ConfigurationException of(String problem) {
    return new ConfigurationException(List.of(problem));
  }

  /** The problems in the order of the file's records; the message has one on each line. */
  public final List<String> problems() {
    return List.of(problems);
  }
}
