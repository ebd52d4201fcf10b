package org.kt4j.engine.experiment;

import org.kt4j.api.Description;
import org.kt4j.api.Inline;

/**
 * Which network.
 *
 * @param network a known network, such as {@code resnet-20}
 * @param options of the record type that belongs to it
 */
public record NetworkConfig(
    @Description("a known network") String network, @Inline Record options) {}
