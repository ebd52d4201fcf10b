package org.kt4j.site;

/**
 * A link that leads nowhere.
 *
 * @param page path in the repository
 * @param line from 1
 * @param target as it stands there
 * @param reason why it leads nowhere, and what there is instead
 */
record Problem(String page, int line, String target, String reason) {

  @Override
  public String toString() {
    return page + ":" + line + ": link to '" + target + "': " + reason;
  }
}
