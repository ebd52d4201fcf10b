package org.kt4j.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.kt4j.imagelevel.NetworkGraph;

/**
 * The memory of the process over many steps of NST and KD.
 *
 * <p>A garbage collection frees native tensors that were not closed. So one is forced just before
 * the first reading that counts and none until after the last: what leaks between the two is seen.
 * The heap should have its full size from the start ({@code benchmarks/run} sees to it), else its
 * growth is seen as well.
 */
final class MemoryGrowth implements Section {

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final double MIB = 1 << 20;

  @Override
  public String name() {
    return "memory";
  }

  @Override
  public Outcome measure(Workbench bench) {
    Settings settings = bench.settings();
    int from = settings.memoryFrom();
    int last = settings.memorySteps();
    String growth = "resident set, growth from step " + from + " to " + last;
    if (resident().isEmpty()) {
      return Outcome.of(
          Figure.missing(name(), growth, "%", "this system has no " + STATUS)
              .wanted(Figure.Target.atMost(2)));
    }
    List<String> table = new ArrayList<>(List.of("| step | resident MiB | heap in use MiB |"));
    table.add("|---|---|---|");
    double firstResident = 0;
    double firstLive = 0;
    double resident = 0;
    try (NetworkGraph graph =
            bench.distilling(settings.smallStudent(), bench.teacher(settings.smallTeacher()));
        Batches batches = new Batches(bench.stream())) {
      for (int step = 1; step <= last; step++) {
        graph.step(batches.next(), Workbench.LEARNING_RATE, step);
        if (step == from) {
          firstLive = liveHeap();
        }
        if (step % settings.memoryEvery() == 0) {
          resident = resident().orElseThrow();
          table.add(
              String.format(Locale.ROOT, "| %d | %.1f | %.1f |", step, resident, heapInUse()));
        }
        if (step == from) {
          firstResident = resident;
        }
      }
      double live = liveHeap();
      String subject = settings.smallStudent() + " of " + settings.smallTeacher();
      return new Outcome(
          List.of(
              Figure.of(name(), "resident set at step " + last, "MiB", resident).noting(subject),
              Figure.of(name(), growth, "%", 100 * (resident / firstResident - 1))
                  .wanted(Figure.Target.atMost(2))
                  .noting(difference(resident - firstResident)),
              Figure.of(name(), "live heap at step " + last, "MiB", live)
                  .noting(difference(live - firstLive) + " since step " + from)),
          List.of(String.join("\n", table)));
    }
  }

  private static String difference(double mebibytes) {
    return String.format(Locale.ROOT, "%+.1f MiB", mebibytes);
  }

  /** VmRSS, if this system tells it. */
  private static OptionalDouble resident() {
    if (!Files.isReadable(STATUS)) {
      return OptionalDouble.empty();
    }
    try (var lines = Files.lines(STATUS)) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / MIB)
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static double heapInUse() {
    Runtime runtime = Runtime.getRuntime();
    return (runtime.totalMemory() - runtime.freeMemory()) / MIB;
  }

  private static double liveHeap() {
    System.gc();
    return heapInUse();
  }
}
