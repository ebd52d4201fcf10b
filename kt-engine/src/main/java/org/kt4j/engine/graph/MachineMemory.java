package org.kt4j.engine.graph;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** The memory of the machine, or of the container that this process runs in. */
public final class MachineMemory {

  private MachineMemory() {}

  /** All of it in bytes, whoever uses it; what no machine has where this cannot be known. */
  public static long bytes() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
            && system.getTotalMemorySize() > 0
        ? system.getTotalMemorySize()
        : Long.MAX_VALUE;
  }

  /** {@code 15.3 GiB}. */
  public static String gibibytes(double bytes) {
    return String.format(Locale.ROOT, bytes < 1e15 ? "%,.1f GiB" : "%.1e GiB", bytes / (1L << 30));
  }
}
