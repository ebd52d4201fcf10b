package org.kt4j.engine.experiment;

/**
 * Which data set.
 *
 * @param name a known data set
 * @param options of the record type that belongs to it
 */
public record DataConfig(String name, Record options) {}
