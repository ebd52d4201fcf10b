package org.kt4j.engine.experiment;

import java.nio.file.Path;
import org.kt4j.api.Description;

/**
 * What a result is compared with.
 *
 * @param config a configuration, usually the student alone; it is trained once with the same seed
 */
public record BaselineConfig(
    @Description("a configuration, usually the student alone; found beside this one")
        Path config) {}
