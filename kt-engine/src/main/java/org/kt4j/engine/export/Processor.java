package org.kt4j.engine.export;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A processor, as far as the system tells what it is.
 *
 * @param name its model, or its architecture
 * @param vnni whether it multiplies bytes and adds up the products without overflow, by VNNI; empty
 *     where that is not known
 */
public record Processor(String name, Optional<Boolean> vnni) {

  private static final Set<String> X86 = Set.of("amd64", "x86_64", "x86");
  private static final Set<String> VNNI = Set.of("avx512_vnni", "avx_vnni");

  /** That of this machine. */
  public static Processor current() {
    String architecture = System.getProperty("os.arch");
    try {
      return of(Files.readAllLines(Path.of("/proc/cpuinfo"), StandardCharsets.UTF_8), architecture);
    } catch (IOException e) {
      return of(List.of(), architecture); // no Linux
    }
  }

  /**
   * From what Linux says.
   *
   * @param facts lines of {@code /proc/cpuinfo}
   * @param architecture as Java names it
   */
  static Processor of(List<String> facts, String architecture) {
    Optional<String> flags = value(facts, "flags");
    return new Processor(
        value(facts, "model name").orElse(architecture),
        X86.contains(architecture)
            ? flags.map(all -> List.of(all.split(" ")).stream().anyMatch(VNNI::contains))
            : Optional.empty());
  }

  private static Optional<String> value(List<String> facts, String key) {
    return facts.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }
}
