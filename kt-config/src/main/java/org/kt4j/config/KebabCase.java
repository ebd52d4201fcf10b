package org.kt4j.config;

import java.util.Locale;

/** How names of Java are written in YAML: {@code weightDecay} and {@code ADAM_W} with hyphens. */
final class KebabCase {

  private KebabCase() {}

  /**
   * {@code weightDecay} is {@code weight-decay}. A word begins at a capital; digits belong to the
   * word before them ({@code beta1}, {@code top5-accuracy}); capitals in a row are one word, whose
   * last one begins the next when a small letter follows ({@code voc-map-threshold} of {@code
   * vocMAPThreshold}).
   */
  static String ofComponent(String name) {
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (Character.isUpperCase(c) && i > 0) {
        boolean afterSmall = !Character.isUpperCase(name.charAt(i - 1));
        boolean beforeSmall = i + 1 < name.length() && Character.isLowerCase(name.charAt(i + 1));
        if (afterSmall || beforeSmall) {
          key.append('-');
        }
      }
      key.append(Character.toLowerCase(c));
    }
    return key.toString();
  }

  /** {@code ADAM_W} is {@code adam-w}. */
  static String ofConstant(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
