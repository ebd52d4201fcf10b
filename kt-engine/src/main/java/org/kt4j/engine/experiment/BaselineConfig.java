package org.kt4j.engine.experiment;

import org.kt4j.api.Inline;

/**
 * What a result is compared with.
 *
 * @param source a configuration, usually the student alone; it is trained once with the same seed
 */
public record BaselineConfig(@Inline RunSource.OfConfiguration source) {}
