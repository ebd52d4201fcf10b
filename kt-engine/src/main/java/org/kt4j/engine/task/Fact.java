package org.kt4j.engine.task;

/**
 * One line of what a command found out, for people.
 *
 * @param name what it is; empty where it belongs to the line above
 * @param value the rest
 */
public record Fact(String name, String value) {}
