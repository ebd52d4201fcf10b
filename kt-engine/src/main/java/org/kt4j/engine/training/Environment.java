package org.kt4j.engine.training;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.kt4j.engine.BuildFacts;
import org.kt4j.engine.graph.NativeRuntime;
import org.tensorflow.TensorFlow;

/**
 * What a run was made with; {@code environment.json}.
 *
 * @param started when
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
    boolean oneDnn) {

  /** This process. */
  public static Environment here() {
    return new Environment(
        Instant.now().toString(),
        new BuildFacts().version(),
        TensorFlow.version(),
        Runtime.version().toString(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        NativeRuntime.usesOneDnn());
  }
}
