package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.kt4j.api.KnowledgeTransfer;

/** The losses that are measured, by the words that name them on JMH's command line. */
final class LossMethods {

  private static final String BROADCAST = "broadcast ";
  private static final Path MEMORY = Path.of("/proc/meminfo");

  private LossMethods() {}

  /** {@code broadcast KERNEL}, else a term as in a configuration. */
  static KnowledgeTransfer of(String method) {
    return method.startsWith(BROADCAST)
        ? new BroadcastForm(method.substring(BROADCAST.length()))
        : LossGraph.named(method);
  }

  /** What JMH has let a state build before it measures. */
  static <T> T required(@Nullable T built) {
    if (built == null) {
      throw new IllegalStateException("nothing was built");
    }
    return built;
  }

  /** {@code nst, kernel: KERNEL} in the broadcast form. */
  static String baselineOf(String method) {
    return BROADCAST + method.substring(method.lastIndexOf(' ') + 1);
  }

  /**
   * Bytes that a loss may take: three fifths of this machine's memory; 8 GiB where it is unknown.
   */
  static long room() {
    if (!Files.isReadable(MEMORY)) {
      return 8L << 30;
    }
    try (var lines = Files.lines(MEMORY)) {
      return lines
              .filter(line -> line.startsWith("MemTotal:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
              .findFirst()
              .orElse(13L << 30)
          / 5
          * 3;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
