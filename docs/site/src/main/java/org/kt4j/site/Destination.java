package org.kt4j.site;

/** Where a link leads. */
sealed interface Destination {

  /** Out of the repository. */
  record Elsewhere(String address) implements Destination {}

  /**
   * To a page.
   *
   * @param anchor with its {@code #}, or empty
   */
  record ToPage(Page page, String anchor) implements Destination {}

  /** To a file that is no page, by its path in the repository. */
  record ToFile(String path) implements Destination {}

  /** To a folder without a README.md, by its path in the repository. */
  record ToFolder(String path) implements Destination {}

  /** Nowhere, and why. */
  record Nowhere(String reason) implements Destination {}
}
