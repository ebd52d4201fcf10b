package org.kt4j.site;

/**
 * A link or a picture in a page.
 *
 * @param line of the page, from 1
 * @param target as it stands there
 */
record Reference(int line, String target) {}
