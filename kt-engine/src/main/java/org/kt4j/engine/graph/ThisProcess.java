package org.kt4j.engine.graph;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import org.kt4j.engine.BuildFacts;
import org.kt4j.engine.run.Environment;
import org.tensorflow.TensorFlow;

/** What this process runs on. */
public final class ThisProcess {

  private ThisProcess() {}

  /** The seconds that all threads have computed for; NaN where this cannot be known. */
  public static double cpuSeconds() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            && system.getProcessCpuTime() >= 0
        ? system.getProcessCpuTime() / 1e9
        : Double.NaN;
  }

  /** For {@code environment.json} and model cards; loads TensorFlow. */
  public static Environment environment() {
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
