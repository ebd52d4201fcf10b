package org.kt4j.site;

/**
 * A heading of a page.
 *
 * @param level 1 to 6
 * @param id its anchor, as GitHub makes it
 * @param text without markup
 */
record Heading(int level, String id, String text) {}
