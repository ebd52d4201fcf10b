package org.kt4j.engine.training;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kt4j.data.file.FileSteps;
import org.kt4j.engine.replica.Replicas;
import org.kt4j.engine.run.RunFolder;
import org.kt4j.engine.source.RunPlan;

/**
 * What the first of several workers has of a run, in the folders of the others, which are
 * temporary: so all of them go on from the same checkpoint, and need no disk that they share.
 *
 * <p>It goes file by file: the length and the name, and then the content in pieces; no name is the
 * end. So a run may be larger than an array or the memory.
 */
final class RunCopy {

  /** Bytes that are sent at once. */
  private static final int PIECE = 16 << 20;

  private static final byte[] NOTHING = new byte[0];

  private final Replicas replicas;
  private final Path run;
  private final int piece;

  /**
   * A copy that has not begun.
   *
   * @param run the folder of this worker
   * @param piece bytes that are sent at once
   */
  RunCopy(Replicas replicas, Path run, int piece) {
    this.replicas = replicas;
    this.run = run;
    this.piece = piece;
  }

  /** Brings it to all workers, which call this together. */
  static void bring(RunPlan plan) {
    if (plan.replicas().alone()) {
      return;
    }
    RunCopy copy = new RunCopy(plan.replicas(), plan.folder(), PIECE);
    try {
      if (plan.replicas().first()) {
        copy.send();
      } else {
        copy.receive();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(plan.folder() + ": the copy of the run failed", e);
    }
  }

  /** What the first worker does. */
  void send() throws IOException {
    for (Path file : RunFolder.filesOfTraining(run)) {
      long left = Files.size(file);
      String head = left + " " + run.relativize(file);
      replicas.ofFirst(head.getBytes(StandardCharsets.UTF_8));
      try (InputStream content = Files.newInputStream(file)) {
        while (left > 0) {
          byte[] next = content.readNBytes((int) Math.min(piece, left));
          if (next.length == 0) {
            throw new EOFException(file + " became shorter while it was read");
          }
          replicas.ofFirst(next);
          left -= next.length;
        }
      }
    }
    replicas.ofFirst(NOTHING);
  }

  /** What the others do; what was in their folder goes. */
  void receive() throws IOException {
    FileSteps.deleteTree(run);
    while (true) {
      String head = new String(replicas.ofFirst(NOTHING), StandardCharsets.UTF_8);
      if (head.isEmpty()) {
        return;
      }
      int space = head.indexOf(' ');
      long left = Long.parseLong(head.substring(0, space));
      Path file = run.resolve(head.substring(space + 1));
      if (!file.normalize().startsWith(run.normalize())) {
        throw new IOException(file + " is not in the run's folder");
      }
      Files.createDirectories(file.getParent());
      try (OutputStream content =
          Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        while (left > 0) {
          byte[] next = replicas.ofFirst(NOTHING);
          content.write(next);
          left -= next.length;
        }
      }
    }
  }
}
