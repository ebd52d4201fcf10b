package org.kt4j.engine.experiment;

/**
 * Which network.
 *
 * @param network a known network, such as {@code resnet-20}
 * @param options of the record type that belongs to it
 */
public record NetworkConfig(String network, Record options) {}
