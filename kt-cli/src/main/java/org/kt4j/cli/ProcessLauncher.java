package org.kt4j.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.kt4j.comparison.suite.PlannedRun;
import org.kt4j.comparison.suite.RunLauncher;
import org.kt4j.comparison.suite.SuitePlan;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.experiment.ExperimentReader;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.run.TrainingException;

/** Trains each run in a process of its own, with its share of the cores. */
final class ProcessLauncher implements RunLauncher, AutoCloseable {

  private static final String ERROR = "kt: ";

  private final SuitePlan plan;
  private final ExperimentReader reader;
  private final int cores;
  private final Path jobs;
  private volatile boolean stopped;
  private final Set<Process> running = ConcurrentHashMap.newKeySet();

  /**
   * A launcher.
   *
   * @param jobs how many processes there will be at a time
   */
  ProcessLauncher(SuitePlan plan, ExperimentReader reader, int jobs) {
    this.plan = plan;
    this.reader = reader;
    this.jobs = plan.folder().resolve("jobs");
    this.cores = Math.max(1, Runtime.getRuntime().availableProcessors() / jobs);
  }

  @Override
  public void train(PlannedRun run) throws InterruptedException {
    Path config = jobs.resolve(name(run) + ".yaml");
    Path log = jobs.resolve(name(run) + ".log");
    try {
      Files.createDirectories(jobs);
      Files.writeString(config, reader.write(run.config()));
      Process process = start(run, config, log);
      running.add(process);
      try {
        int status = process.waitFor();
        if (stopped) {
          throw new InterruptedException("the suite was stopped");
        }
        if (status != 0) {
          throw new TrainingException(
              "its process ended with status " + status + ": " + lastWords(log) + " (" + log + ")");
        }
      } finally {
        process.destroy();
        running.remove(process);
      }
      clear(run);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot launch a process for " + run, e);
    }
  }

  private String name(PlannedRun run) {
    return plan.folder().relativize(run.folder()).toString().replaceAll("[/\\\\]", "--");
  }

  /** Another process that trains the same suite may have done so already. */
  private void clear(PlannedRun run) throws IOException {
    FileSteps.delete(jobs.resolve(name(run) + ".yaml"));
    FileSteps.delete(jobs.resolve(name(run) + ".log"));
  }

  /** Removes what a suite that was killed has left of runs that are complete by now. */
  void clear() {
    if (!Files.isDirectory(jobs)) {
      return;
    }
    try {
      for (PlannedRun run : plan.inOrder()) {
        if (RunFolder.result(run.folder()).isPresent()) {
          clear(run);
        }
      }
      FileSteps.delete(jobs);
    } catch (DirectoryNotEmptyException e) {
      // It holds what a run said that failed, or one that another process trains.
    } catch (IOException e) {
      throw new UncheckedIOException(jobs + ": cannot be cleared", e);
    }
  }

  private Process start(PlannedRun run, Path config, Path log) throws IOException {
    ProcessBuilder builder =
        ChildCommand.of(
            cores,
            List.of(
                "train",
                config.toString(),
                "--resolved",
                "--out",
                run.folder().toString(),
                "--runs",
                plan.runs().toString()));
    return builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** What the process said of its failure, or the last thing that it said. */
  private static String lastWords(Path log) throws IOException {
    List<String> lines =
        Files.readString(log, StandardCharsets.UTF_8).lines().filter(l -> !l.isBlank()).toList();
    return lines.stream()
        .filter(line -> line.startsWith(ERROR))
        .reduce((first, second) -> second)
        .map(line -> line.substring(ERROR.length()))
        .orElse(lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1));
  }

  /** Stops what runs; each run goes on from its last epoch next time. */
  void stop() {
    stopped = true;
    running.forEach(Process::destroy);
  }

  @Override
  public void close() {
    stop();
  }
}
