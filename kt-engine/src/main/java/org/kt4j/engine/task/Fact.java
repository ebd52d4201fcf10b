package org.kt4j.engine.task;

/**
 * One line of a command's output.
 *
 * @param name of the value; empty if it belongs to the line above
 * @param value in words
 */
public record Fact(String name, String value) {}
