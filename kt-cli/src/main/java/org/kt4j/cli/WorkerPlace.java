package org.kt4j.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.replica.ReplicasProvider;
import org.kt4j.engine.replica.Workers;

/**
 * Where a worker writes and what it shows: the first one what a process alone would, the others
 * into a temporary folder, and nothing.
 *
 * @param replicas the workers
 * @param terminal what this one shows
 * @param folder temporary; null for the first one
 */
record WorkerPlace(Replicas replicas, Terminal terminal, @Nullable Path folder)
    implements AutoCloseable {

  /** The environment variable by which workers of one machine are told where to keep theirs. */
  static final String PARENT = "KT_WORKERS_FOLDER";

  static WorkerPlace alone(Terminal terminal) {
    return new WorkerPlace(Replicas.one(), terminal, null);
  }

  /** Joins the others. */
  static WorkerPlace of(Workers workers, Terminal terminal) {
    ReplicasProvider provider =
        ServiceLoader.load(ReplicasProvider.class)
            .findFirst()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "--workers: several workers need kt-cluster on the class path; fix: the"
                            + " artifact org.kt4j:kt-cluster"));
    if (workers.rank() == 0) {
      terminal.plainError(PrivateNetwork.warning(workers.addresses().get(0)));
    }
    Replicas replicas = provider.join(workers);
    try {
      if (replicas.first()) {
        return new WorkerPlace(replicas, terminal, null);
      }
      String parent = System.getenv(PARENT);
      Path folder =
          parent == null
              ? Files.createTempDirectory("kt-worker-")
              : Files.createTempDirectory(Path.of(parent), "kt-worker-");
      // Also when this worker is stopped.
      Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder), "remove"));
      return new WorkerPlace(replicas, Terminal.plain(nowhere(), terminal.err()), folder);
    } catch (IOException e) {
      throw new UncheckedIOException("a temporary folder for this worker", e);
    }
  }

  private static PrintStream nowhere() {
    return new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
  }

  /** A folder of this worker, which is not the first. */
  Path own(String name) {
    if (folder == null) {
      throw new IllegalStateException("the first worker writes where the user says");
    }
    return folder.resolve(name);
  }

  /** What cannot be removed, as it is being written, stays in the system's temporary folder. */
  static void remove(Path folder) {
    try {
      FileSteps.deleteTree(folder);
    } catch (IOException e) {
      // Nobody reads it again.
    }
  }

  @Override
  public void close() {
    if (folder != null) {
      remove(folder);
    }
  }
}
