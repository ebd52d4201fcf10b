package org.kt4j.comparison.suite;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import org.kt4j.data.file.LockedFile;

/**
 * Keeps a suite's folder for one process, so that two do not train the same runs and do not write
 * the same report. The second waits, and finds what the first has trained.
 */
public final class SuiteLock implements AutoCloseable {

  private final LockedFile lock;

  private SuiteLock(LockedFile lock) {
    this.lock = lock;
  }

  /**
   * Locks a suite's folder, which is made when it is not there.
   *
   * @param waiting told of the process that has it locked, before the wait: {@code process 1234}
   * @throws UncheckedIOException when it cannot be written
   */
  public static SuiteLock of(SuitePlan plan, Consumer<String> waiting) {
    Path file = plan.folder().resolve(".lock");
    try {
      Files.createDirectories(plan.folder());
      Optional<LockedFile> free = LockedFile.tried(file);
      if (free.isEmpty()) {
        waiting.accept(holder(file));
      }
      LockedFile lock = free.isPresent() ? free.get() : LockedFile.awaited(file);
      byte[] owner = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      lock.channel().truncate(0).write(ByteBuffer.wrap(owner), 0);
      return new SuiteLock(lock);
    } catch (IOException e) {
      throw new UncheckedIOException(
          plan.folder() + ": the suite's folder cannot be written; fix: --runs FOLDER", e);
    }
  }

  private static String holder(Path lock) {
    try {
      String owner = Files.readString(lock, StandardCharsets.UTF_8);
      return owner.matches("[0-9]{1,10}") ? "process " + owner : "another process";
    } catch (IOException e) {
      return "another process"; // a system that locks what is read, too
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a suite's folder cannot be released", e);
    }
  }
}
