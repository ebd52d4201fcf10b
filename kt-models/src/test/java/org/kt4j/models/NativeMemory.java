package org.kt4j.models;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The resident memory of this process outside the Java heap, in bytes. How much of the heap is
 * resident is not known: at least what is used, at most what is committed. So there are two bounds,
 * and a growth from the upper to the lower one is real.
 */
final class NativeMemory {

  private NativeMemory() {}

  static long atMost() throws IOException {
    System.gc();
    Runtime heap = Runtime.getRuntime();
    return resident() - (heap.totalMemory() - heap.freeMemory());
  }

  static long atLeast() throws IOException {
    System.gc();
    return resident() - Runtime.getRuntime().totalMemory();
  }

  /** Of Linux; elsewhere always 0, so that nothing grows. */
  private static long resident() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }
}
