package org.kt4j.engine.training;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kt4j.engine.graph.NativeRuntime;

/**
 * The most memory that this process held at one time, TensorFlow's tensors included, as Linux
 * counts it. Other systems are not asked.
 */
final class PeakMemory {

  private static final Path PROCESS = Path.of("/proc/self");
  private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private PeakMemory() {}

  /**
   * Gives back to the system what earlier work in this process has left, which would count for the
   * next run. The garbage collector gives its part back soon after this returns.
   */
  static void release() {
    System.gc();
    NativeRuntime.giveBackFreedMemory();
  }

  /** Forgets what was held before; where that is not allowed the peak is that of the process. */
  static void reset() {
    release();
    try {
      Files.writeString(PROCESS.resolve("clear_refs"), "5");
    } catch (IOException e) {
      // No such file on other systems; not writable in some containers.
    }
  }

  /** Bytes since the last reset. */
  static OptionalLong bytes() {
    try {
      Matcher line = PEAK.matcher(Files.readString(PROCESS.resolve("status")));
      return line.find()
          ? OptionalLong.of(Long.parseLong(line.group(1)) << 10)
          : OptionalLong.empty();
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }
}
