package org.kt4j.cli.visible;

/**
 * Stands in the signature of what is used outside.
 *
 * @param depth of it
 */
public record Answer(int depth) {}
