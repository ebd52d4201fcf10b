package org.kt4j.engine.run;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.jspecify.annotations.Nullable;

/**
 * The software and machine of a run; {@code environment.json}.
 *
 * @param started when the run began
 * @param kt4j version of kt4j; older files lack it
 * @param tensorflow version of the native library
 * @param java version of the virtual machine
 * @param system operating system and architecture
 * @param cores processors that the virtual machine sees
 * @param oneDnn whether oneDNN was switched on
 */
@JsonNaming(PropertyNamingStrategies.KebabCaseStrategy.class)
public record Environment(
    String started,
    @Nullable String kt4j,
    String tensorflow,
    String java,
    String system,
    int cores,
    boolean oneDnn) {}
