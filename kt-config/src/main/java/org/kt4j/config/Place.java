package org.kt4j.config;

/**
 * Where in a configuration: {@code phases[0].objective[1].kernel}; empty at the top. It can be
 * given to {@link ConfigurationTree#set} as it is printed.
 */
record Place(String text) {

  static final Place TOP = new Place("");

  /** The place of a key of the map here; a key with a dot or a bracket is put into brackets. */
  Place key(String key) {
    boolean plain = key.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '-' || c == '_');
    if (!plain) {
      return new Place(text + "[" + Shortened.of(key) + "]");
    }
    String shown = Shortened.of(key);
    return new Place(text.isEmpty() ? shown : text + "." + shown);
  }

  /** The place of an element of the list here. */
  Place index(int index) {
    return new Place(text + "[" + index + "]");
  }

  @Override
  public String toString() {
    return text;
  }
}
