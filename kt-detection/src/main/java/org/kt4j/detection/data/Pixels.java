package org.kt4j.detection.data;

/**
 * A decoded picture.
 *
 * @param height rows
 * @param width columns
 * @param values red, green and blue, uint8 {@code [height, width, 3]}; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
public record Pixels(int height, int width, byte[] values) {}
