package org.kt4j.site;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/** The files of the site, by the paths of the repository. */
final class Address {

  private static final Set<String> PICTURES = Set.of("png", "jpg", "jpeg", "gif", "svg", "webp");

  private Address() {}

  /** {@code docs/weights.md} is {@code docs/weights.html}; README and report open their folder. */
  static String ofPage(String path) {
    String stem = path.substring(0, path.length() - ".md".length());
    int name = stem.lastIndexOf('/') + 1;
    String file = stem.substring(name);
    boolean opens = file.equals("README") || file.equals("report");
    return stem.substring(0, name) + (opens ? "index" : file) + ".html";
  }

  /** A picture or a page of HTML stays as it is, another file gets a page that shows it. */
  static String ofFile(String path, boolean asItIs) {
    return asItIs ? path : path + ".html";
  }

  static String ofFolder(String path) {
    return path + "/index.html";
  }

  static boolean isPicture(String path) {
    return PICTURES.contains(path.substring(path.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT));
  }

  /** From one file of the site to another, as a link. */
  static String relative(String from, String to) {
    Path file = Path.of(from);
    Path folder = file.resolveSibling("");
    String path = folder.relativize(Path.of(to)).toString().replace('\\', '/');
    try {
      return new URI(null, null, path, null).getRawPath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(to, e);
    }
  }

  /** From a file of the site to its root: nothing, or {@code ../} as often as needed. */
  static String toRoot(String from) {
    return "../".repeat((int) from.chars().filter(each -> each == '/').count());
  }
}
