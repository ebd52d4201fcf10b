package org.kt4j.config;

/**
 * Something picked by name, with its options.
 *
 * @param name such as {@code nst}
 * @param options bound to the record that belongs to the name
 */
public record NamedOptions(String name, Record options) {}
